# dyocense.wasm: the core and wasm/*.c in one standalone module, without generated JavaScript.

file(GLOB wasm_sources CONFIGURE_DEPENDS wasm/*.c)
if(NOT wasm_sources)
  message(STATUS "no wasm/*.c yet: only the library is built")
  return()
endif()

file(STRINGS wasm/exports.txt exports REGEX "^_")
list(JOIN exports "," exports)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS wasm/exports.txt wasm/imports.txt)

# The stack's option changed its name, and its default, at 3.1.25; set it always.
execute_process(COMMAND ${DYO_EMCC} -dumpversion OUTPUT_VARIABLE emcc_version OUTPUT_STRIP_TRAILING_WHITESPACE)
if(emcc_version VERSION_LESS 3.1.25)
  set(stack -sTOTAL_STACK=1048576)
else()
  set(stack -sSTACK_SIZE=1048576)
endif()

add_executable(dyocense ${wasm_sources} cmake/wasm/libc_stubs.c)
set_target_properties(dyocense PROPERTIES SUFFIX .wasm)
target_link_libraries(dyocense PRIVATE dyo)
target_link_options(dyocense PRIVATE
  -O1          # a higher level lets binaryen inline hot loops into callers that run once, which stay unoptimised there
  --no-entry -sSTANDALONE_WASM -sALLOW_MEMORY_GROWTH=1 ${stack}
  -sEXPORTED_FUNCTIONS=${exports}
  -sERROR_ON_UNDEFINED_SYMBOLS=0 -sWARN_ON_UNDEFINED_SYMBOLS=0   # our own imports look undefined to emcc 3.1.6;
                                                                 # check_imports.cmake is the check
  -Wl,--fatal-warnings)
set_target_properties(dyocense PROPERTIES LINK_DEPENDS "${PROJECT_SOURCE_DIR}/wasm/exports.txt")

add_custom_command(TARGET dyocense POST_BUILD VERBATIM
  COMMAND ${CMAKE_COMMAND} "-DNODE=node" "-DMODULE=$<TARGET_FILE:dyocense>"
          "-DALLOWED=${PROJECT_SOURCE_DIR}/wasm/imports.txt" "-DEXPORTS=${exports}"
          -P "${PROJECT_SOURCE_DIR}/cmake/wasm/check_imports.cmake")
