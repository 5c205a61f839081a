# The sources the core stands on, pinned by SHA-256, and how they are had: from a folder the user names
# (DYO_SOURCES_DIR), else `apt-get source`, else https. Debian's patches are part of the pin: cJSON 1.7.15 and
# expat 2.5.0 are vulnerable without them. Debian replaces the patches at its point releases, so several are accepted,
# the newest first; each row of PATCHES is: version, SHA-256.

set(DYO_PIN_gsl
  PACKAGE gsl   AREA main/g/gsl
  ORIG    gsl_2.7.1+dfsg.orig.tar.gz           e560d6b9c6e254e46769bbb03583c00ecafbdd51b062c55db23b3b9612868567
  PATCHES 2.7.1+dfsg-5+deb12u1                 c48c5cd287b15844092e9c392c12b9bc385f0ab86f157184de5cc23c8963652b)

set(DYO_PIN_lpsolve
  PACKAGE lp-solve   AREA main/l/lp-solve
  ORIG    lp-solve_5.5.2.5.orig.tar.gz         201a7c62b8b3360c884ee2a73ed7667e5716fc1e809755053b398c2f5b0cf28a
  PATCHES 5.5.2.5-2                            0cf488a6f378663933cf661e2ee3c0ae02c220a22d74fe9c627c749058bd1ce4)

set(DYO_PIN_cjson
  PACKAGE cjson   AREA main/c/cjson
  ORIG    cjson_1.7.15.orig.tar.gz             5308fd4bd90cef7aa060558514de6a1a4a0819974a26e6ed13973c5f624c24b2
  PATCHES 1.7.15-1+deb12u4                     afd19a970966cf534ff1e9ec077d710a5e7e78eb4ec9b499c8bdc32e55da12cb)

set(DYO_PIN_zlib
  PACKAGE zlib   AREA main/z/zlib
  ORIG    zlib_1.2.13.dfsg.orig.tar.bz2        71feb7947e3c00ef125f83b79a4e529bde31171e5babe48b391f06758d1ab0a1
  PATCHES 1:1.2.13.dfsg-1                      f66cf3d4f2d7defcd4d1fd1fb0a11ee39f1e01b42ec7d059c9dc5c1695133c44)

set(DYO_PIN_expat
  PACKAGE expat   AREA main/e/expat
  ORIG    expat_2.5.0.orig.tar.gz              ab00ee05c7067fd10a35c5d2a4922ebba746ddd50ff83b79c828da17bbdf1757
  PATCHES 2.5.0-1+deb12u5                      08bda5605c940a2068a8f5df2a798524d8f403eae6d01e4f7039074a8e244d9e
          2.5.0-1+deb12u3                      1d3fe684581e73766f03c6486dc5e0c068b915da4ae8e778e820495cd9ae44b7
          2.5.0-1+deb12u2                      7e29f5db5067e55193540089ed0f3ec9676704cf79dcea81a9bfb9f49435ae53)

# The one place where hosts are named. The archive keeps every file it ever held, under a date.
set(DYO_POOLS
  https://deb.debian.org/debian/pool
  https://deb.debian.org/debian-security/pool/updates)
set(DYO_ARCHIVES
  https://snapshot.debian.org/archive/debian/20261101T000000Z/pool
  https://snapshot.debian.org/archive/debian-security/20261101T000000Z/pool/updates)

# True in `out` when the file exists and has this SHA-256.
function(dyo_has file sha256 out)
  set(${out} FALSE PARENT_SCOPE)
  if(EXISTS "${file}")
    file(SHA256 "${file}" got)
    if(got STREQUAL sha256)
      set(${out} TRUE PARENT_SCOPE)
    endif()
  endif()
endfunction()

# One file from the first of these base URLs that serves it with the right content.
function(dyo_download area file sha256 to bases)
  foreach(base IN LISTS bases)
    file(DOWNLOAD "${base}/${area}/${file}" "${to}/${file}" TIMEOUT 300 INACTIVITY_TIMEOUT 15 TLS_VERIFY ON STATUS status)
    dyo_has("${to}/${file}" ${sha256} ok)
    if(ok)
      return()
    endif()
    file(REMOVE "${to}/${file}")
  endforeach()
endfunction()

# One file by the first way that works: `step` is folder, apt, pool or archive. Leaves it in `to`, or nothing there.
function(dyo_get step package version area file sha256 to)
  dyo_has("${to}/${file}" ${sha256} have)
  if(have)
    return()
  endif()
  if(step STREQUAL "folder" AND DYO_SOURCES_DIR)
    dyo_has("${DYO_SOURCES_DIR}/${file}" ${sha256} ok)
    if(ok)
      file(COPY "${DYO_SOURCES_DIR}/${file}" DESTINATION "${to}")
    endif()
  elseif(step STREQUAL "apt" AND DYO_APT)
    execute_process(COMMAND sh "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/apt-source.sh" "${to}/apt" ${package} ${version}
                    WORKING_DIRECTORY "${to}" OUTPUT_QUIET ERROR_QUIET)
  elseif(step STREQUAL "pool")
    dyo_download(${area} ${file} ${sha256} "${to}" "${DYO_POOLS}")
  elseif(step STREQUAL "archive")
    dyo_download(${area} ${file} ${sha256} "${to}" "${DYO_ARCHIVES}")
  endif()
  dyo_has("${to}/${file}" ${sha256} ok)
  if(NOT ok)
    file(REMOVE "${to}/${file}")
  endif()
endfunction()

# Unpack `tarball` so that the contents of its only top folder become `to`.
function(dyo_unpack tarball to)
  file(REMOVE_RECURSE "${to}" "${to}.unpack")
  file(ARCHIVE_EXTRACT INPUT "${tarball}" DESTINATION "${to}.unpack")
  file(GLOB top "${to}.unpack/*")
  list(LENGTH top n)
  if(n EQUAL 1)
    file(RENAME "${top}" "${to}")
    file(REMOVE_RECURSE "${to}.unpack")
  else()
    file(RENAME "${to}.unpack" "${to}")
  endif()
endfunction()

function(dyo_patch source debian)
  find_program(DYO_PATCH patch REQUIRED)
  file(STRINGS "${debian}/debian/patches/series" series)
  foreach(line IN LISTS series)
    string(REGEX REPLACE "[ \t]*#.*" "" patch "${line}")
    if(patch)
      execute_process(COMMAND ${DYO_PATCH} -p1 --batch --forward --silent -i "${debian}/debian/patches/${patch}"
                      WORKING_DIRECTORY "${source}" RESULT_VARIABLE bad OUTPUT_VARIABLE said ERROR_VARIABLE said)
      if(bad)
        message(FATAL_ERROR "${patch} does not apply to ${source}:\n${said}")
      endif()
    endif()
  endforeach()
endfunction()

# Fetch, check, unpack and patch one source into <root>/src/<name>; `out` becomes that folder.
function(dyo_source name root out)
  cmake_parse_arguments(PIN "" "PACKAGE;AREA" "ORIG;PATCHES" ${DYO_PIN_${name}})
  list(GET PIN_ORIG 0 orig)
  list(GET PIN_ORIG 1 orig_sha256)
  set(to "${root}/download")
  set(src "${root}/src/${name}")
  set(${out} "${src}" PARENT_SCOPE)
  string(SHA256 stamp "${DYO_PIN_${name}}")
  if(EXISTS "${src}/.pin")
    file(READ "${src}/.pin" had)
    if(had STREQUAL stamp)
      return()
    endif()
  endif()

  # apt only helps where the pinned version can be on offer
  set(DYO_APT FALSE)
  find_program(DYO_APT_GET apt-get)
  if(DYO_APT_GET AND EXISTS /etc/os-release)
    file(STRINGS /etc/os-release debian REGEX "^ID=debian$")
    if(debian)
      set(DYO_APT TRUE)
    endif()
  endif()

  file(MAKE_DIRECTORY "${to}")
  set(patches "")
  foreach(steps "folder" "apt;pool" "archive")
    set(rest "${PIN_PATCHES}")
    while(rest AND NOT patches)
      list(POP_FRONT rest version sha256)
      string(REGEX REPLACE "^[0-9]+:" "" bare "${version}")     # file names leave the epoch out
      set(file "${PIN_PACKAGE}_${bare}.debian.tar.xz")
      foreach(step IN LISTS steps)
        dyo_get(${step} ${PIN_PACKAGE} ${version} ${PIN_AREA} ${orig} ${orig_sha256} "${to}")
        dyo_get(${step} ${PIN_PACKAGE} ${version} ${PIN_AREA} ${file} ${sha256} "${to}")
      endforeach()
      if(EXISTS "${to}/${file}")
        set(patches "${to}/${file}")
        message(STATUS "${name}: ${orig} with the patches of ${version}")
      endif()
    endwhile()
  endforeach()
  if(NOT EXISTS "${to}/${orig}" OR NOT patches)
    message(FATAL_ERROR "${name}: could not get ${orig} (SHA-256 ${orig_sha256}) and ${PIN_PACKAGE}_*.debian.tar.xz, "
                        "neither from DYO_SOURCES_DIR='${DYO_SOURCES_DIR}' nor by apt-get source nor over https.\n"
                        "Put both files into a folder and name it: DYO_SOURCES_DIR=<folder> ./dev build")
  endif()

  dyo_unpack("${to}/${orig}" "${src}")
  dyo_unpack("${patches}" "${src}.debian")
  if(NOT EXISTS "${src}.debian/debian")                        # the archive's only top folder is debian/ itself
    file(RENAME "${src}.debian" "${src}.d")
    file(MAKE_DIRECTORY "${src}.debian")
    file(RENAME "${src}.d" "${src}.debian/debian")
  endif()
  dyo_patch("${src}" "${src}.debian")
  file(REMOVE_RECURSE "${src}.debian")
  file(WRITE "${src}/.pin" "${stamp}")
endfunction()
