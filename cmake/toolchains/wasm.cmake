# The wasm compiler: Emscripten's, found on PATH (emcc 3.1.6 of Debian 12, or a newer emsdk).
#
# emcc starts Python for every file, which makes Debian's GSL build take three times as long as with the clang behind
# it. DYO_WASM_CC=clang therefore calls that clang directly, with the flags emcc itself would pass; linking is always
# emcc's. It is the default with Debian's Emscripten; with any other, DYO_WASM_CC=emcc is.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

find_program(DYO_EMCC NAMES emcc emcc.bat REQUIRED)
find_program(DYO_EM_CONFIG NAMES em-config em-config.bat REQUIRED)
if(DEFINED ENV{DYO_WASM_CC})
  set(dyo_wasm_cc "$ENV{DYO_WASM_CC}")
elseif(EXISTS /usr/share/emscripten/.emscripten AND DYO_EMCC STREQUAL "/usr/bin/emcc")
  set(dyo_wasm_cc clang)
else()
  set(dyo_wasm_cc emcc)
endif()

if(dyo_wasm_cc STREQUAL "clang")
  execute_process(COMMAND ${DYO_EM_CONFIG} LLVM_ROOT OUTPUT_VARIABLE dyo_llvm OUTPUT_STRIP_TRAILING_WHITESPACE)
  execute_process(COMMAND ${DYO_EM_CONFIG} CLANG_ADD_VERSION OUTPUT_VARIABLE dyo_llvm_version ERROR_QUIET
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  execute_process(COMMAND ${DYO_EMCC} --cflags OUTPUT_VARIABLE dyo_cflags OUTPUT_STRIP_TRAILING_WHITESPACE)
  find_program(DYO_WASM_CLANG NAMES clang-${dyo_llvm_version} clang PATHS ${dyo_llvm} NO_DEFAULT_PATH REQUIRED)
  find_program(CMAKE_AR NAMES llvm-ar-${dyo_llvm_version} llvm-ar PATHS ${dyo_llvm} NO_DEFAULT_PATH REQUIRED)
  find_program(CMAKE_RANLIB NAMES llvm-ranlib-${dyo_llvm_version} llvm-ranlib PATHS ${dyo_llvm} NO_DEFAULT_PATH REQUIRED)
  set(CMAKE_C_COMPILER ${DYO_WASM_CLANG})
  set(CMAKE_C_COMPILER_TARGET wasm32-unknown-emscripten)
  set(CMAKE_C_FLAGS_INIT "${dyo_cflags}")
else()
  find_program(CMAKE_AR NAMES emar emar.bat REQUIRED)
  find_program(CMAKE_RANLIB NAMES emranlib emranlib.bat REQUIRED)
  set(CMAKE_C_COMPILER ${DYO_EMCC})
endif()

# Debian's emcc looks for its JavaScript parser where Debian's node would; another node has to be told.
set(dyo_emcc_link "${DYO_EMCC}")
if(EXISTS /usr/share/nodejs/acorn)
  set(dyo_emcc_link "${CMAKE_COMMAND} -E env NODE_PATH=/usr/share/nodejs ${DYO_EMCC}")
endif()
set(CMAKE_C_LINK_EXECUTABLE "${dyo_emcc_link} <LINK_FLAGS> <OBJECTS> <LINK_LIBRARIES> -o <TARGET>")
