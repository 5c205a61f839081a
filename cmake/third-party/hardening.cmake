# Sets `hardening`, compile options that make a fault of memory an end rather than a way in, as far as the compiler knows them.
# The core, the daemon and the third-party libraries are all compiled with these; sanitizers are stricter themselves.
set(hardening "")
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  include(CheckCCompilerFlag)
  check_c_compiler_flag(-fcf-protection DYO_CF_PROTECTION) # x86 alone
  check_c_compiler_flag(-fstack-clash-protection DYO_STACK_CLASH)
  set(hardening -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 $<$<BOOL:${DYO_STACK_CLASH}>:-fstack-clash-protection>
                $<$<BOOL:${DYO_CF_PROTECTION}>:-fcf-protection>)
endif()
