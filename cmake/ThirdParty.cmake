# dyo::math (GSL, lp_solve) and dyo::text (cJSON, zlib, minizip, expat) as static libraries from pinned sources.
# Each group is built once and kept under a key of all that went in: pins, our build files, compiler and flags. So the
# native presets share one build of GSL and lp_solve, and a changed flag never meets an old library.

set(DYO_SOURCES_DIR "$ENV{DYO_SOURCES_DIR}" CACHE PATH "Folder with the third-party tarballs, if not to be fetched")
set(DYO_THIRD_PARTY_CC "" CACHE STRING "C compiler for GSL and lp_solve, when it is not the core's")

set(third_party "${CMAKE_CURRENT_LIST_DIR}/third-party")
set(third_party_root "${PROJECT_SOURCE_DIR}/build/third-party")
if(DEFINED ENV{DYO_CACHE_DIR})
  set(third_party_cache "$ENV{DYO_CACHE_DIR}")
else()
  set(third_party_cache "${third_party_root}/cache")
endif()

file(GLOB_RECURSE third_party_files "${third_party}/*.*")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${third_party_files})

# The key of a group, as 16 hex digits in `out`.
function(dyo_third_party_key group cc flags out)
  execute_process(COMMAND ${cc} --version OUTPUT_VARIABLE version ERROR_QUIET)
  set(all "${version};${flags};${CMAKE_SYSTEM_NAME};${CMAKE_SYSTEM_PROCESSOR}")
  if(CMAKE_TOOLCHAIN_FILE)
    string(APPEND all ";${CMAKE_C_COMPILER};${CMAKE_C_FLAGS}")
  endif()
  file(GLOB_RECURSE files "${third_party}/${group}/*")
  list(SORT files)
  foreach(file IN LISTS files ITEMS "${third_party}/CMakeLists.txt" "${third_party}/hardening.cmake")
    file(SHA256 "${file}" sum)
    string(APPEND all ";${sum}")
  endforeach()
  file(STRINGS "${third_party}/sources.cmake" pins REGEX "^  (ORIG|PATCHES|        ) ")
  string(SHA256 key "${all};${pins}")
  string(SUBSTRING ${key} 0 16 key)
  set(${out} ${key} PARENT_SCOPE)
endfunction()

function(dyo_third_party_run what log)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE bad OUTPUT_FILE "${log}" ERROR_FILE "${log}")
  if(bad)
    file(READ "${log}" said)
    message(FATAL_ERROR "${what} failed; the log is ${log}\n${said}")
  endif()
endfunction()

# Make sure the group is built; its folder (lib/, include/) goes to `out`.
function(dyo_third_party group cc flags out)
  dyo_third_party_key(${group} "${cc}" "${flags}" key)
  set(home "${third_party_cache}/${group}-${key}")
  set(${out} "${home}" PARENT_SCOPE)
  if(EXISTS "${home}/lib")
    return()
  endif()
  file(MAKE_DIRECTORY "${third_party_root}")
  file(LOCK "${third_party_root}" DIRECTORY GUARD FUNCTION)
  if(EXISTS "${home}/lib")
    return()
  endif()
  message(STATUS "Building third-party libraries (${group}), once for this compiler and these flags")
  set(work "${third_party_root}/objects/${group}-${key}")
  set(c_flags "")
  if(flags)
    set(c_flags "-DCMAKE_C_FLAGS=${flags}")
  endif()
  if(CMAKE_TOOLCHAIN_FILE)
    file(REAL_PATH "${CMAKE_TOOLCHAIN_FILE}" file BASE_DIRECTORY "${PROJECT_SOURCE_DIR}")
    set(toolchain "-DCMAKE_TOOLCHAIN_FILE=${file}")
  else()
    set(toolchain "-DCMAKE_C_COMPILER=${cc}")
  endif()
  set(jobs 2)
  if(DEFINED ENV{CMAKE_BUILD_PARALLEL_LEVEL})
    set(jobs $ENV{CMAKE_BUILD_PARALLEL_LEVEL})
  endif()
  file(MAKE_DIRECTORY "${work}")
  dyo_third_party_run("Fetching and configuring third-party sources" "${work}/configure.log"
    ${CMAKE_COMMAND} -S "${third_party}" -B "${work}" -G "${CMAKE_GENERATOR}" ${toolchain} -DGROUP=${group}
    "-DROOT=${third_party_root}" "-DDYO_SOURCES_DIR=${DYO_SOURCES_DIR}" ${c_flags}
    "-DCMAKE_INSTALL_PREFIX=${home}.new")
  dyo_third_party_run("Building third-party sources" "${work}/build.log"
    ${CMAKE_COMMAND} --build "${work}" --parallel ${jobs})
  dyo_third_party_run("Installing third-party libraries" "${work}/install.log" ${CMAKE_COMMAND} --install "${work}")
  file(RENAME "${home}.new" "${home}")
  file(REMOVE_RECURSE "${work}")
endfunction()

if(DYO_THIRD_PARTY_CC)
  set(math_cc "${DYO_THIRD_PARTY_CC}")
else()
  set(math_cc "${CMAKE_C_COMPILER}")
endif()
dyo_third_party(math "${math_cc}" "" math_home)
dyo_third_party(text "${CMAKE_C_COMPILER}" "${DYO_SANITIZE_FLAGS}" text_home)

add_library(dyo_math INTERFACE)
target_include_directories(dyo_math SYSTEM INTERFACE "${math_home}/include" "${math_home}/include/lpsolve")
target_compile_definitions(dyo_math INTERFACE REALXP=double LoadInverseLib=0 LoadLanguageLib=0 RoleIsExternalInvEngine
                                              INVERSE_ACTIVE=INVERSE_LUSOL)   # lp_lib.h lays its structs out by these
target_link_libraries(dyo_math INTERFACE "${math_home}/lib/libgsl.a" "${math_home}/lib/liblpsolve55.a" m)
add_library(dyo_text INTERFACE)
target_include_directories(dyo_text SYSTEM INTERFACE "${text_home}/include/text")
target_compile_definitions(dyo_text INTERFACE XML_STATIC)
target_link_libraries(dyo_text INTERFACE "${text_home}/lib/libcjson.a" "${text_home}/lib/libminizip.a"
                                         "${text_home}/lib/libz.a" "${text_home}/lib/libexpat.a" m)
