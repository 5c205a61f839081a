# GSL and lp_solve. Never built with sanitizers: they are large, old, and behind core/num and core/solver.

dyo_source(gsl "${ROOT}" gsl)
dyo_source(lpsolve "${ROOT}" lpsolve)
set(compat "${CMAKE_CURRENT_LIST_DIR}/compat")

# GSL: the files that the core's calls lead to, a tenth of it, without its configure, which knows no wasm. A call of another
# function does not link until its files stand here. blas/blas.c calls all of cblas.
file(GLOB gsl_sources RELATIVE "${gsl}" "${gsl}/cblas/*.c")
list(FILTER gsl_sources EXCLUDE REGEX "cblas/(test|hypot)")
list(APPEND gsl_sources
  blas/blas.c block/init.c cdf/chisq.c cdf/fdist.c cdf/gamma.c cdf/gaussinv.c complex/math.c err/error.c err/stream.c fft/fft.c
  matrix/getset.c matrix/init.c matrix/rowcol.c matrix/submatrix.c multimin/fminimizer.c multimin/simplex2.c
  poly/zsolve.c poly/zsolve_init.c specfunc/beta.c specfunc/elementary.c specfunc/erfc.c specfunc/exp.c specfunc/expint.c
  specfunc/gamma.c specfunc/gamma_inc.c specfunc/log.c specfunc/psi.c specfunc/trig.c specfunc/zeta.c sys/fdiv.c sys/infnan.c
  vector/copy.c vector/init.c vector/minmax.c)
list(TRANSFORM gsl_sources PREPEND "${gsl}/")
file(GLOB gsl_headers "${gsl}/gsl_*.h" "${gsl}/*/gsl_*.h")
file(COPY ${gsl_headers} DESTINATION "${CMAKE_BINARY_DIR}/gsl-include/gsl")

add_library(gsl STATIC ${gsl_sources})
target_include_directories(gsl PRIVATE "${compat}/gsl" "${gsl}" "${CMAKE_BINARY_DIR}/gsl-include")
# Of cblas the core calls what works on vectors; the rest, on matrices, is there to be linked and takes longest to optimize.
set(matrices ${gsl_sources})
list(FILTER matrices INCLUDE REGEX "/cblas/[sdcz](ge|he|sy|tr|gb|hb|sb|tb|hp|sp|tp)[a-z0-9_]*\\.c$")
set_source_files_properties(${matrices} PROPERTIES COMPILE_OPTIONS -O0)

# lp_solve, without its LP-format parser (the only user of setjmp) and without loading code at run time.
set(lpsolve_sources
  lp_MDO.c shared/commonlib.c colamd/colamd.c shared/mmio.c shared/myblas.c lp_crash.c bfp/bfp_LUSOL/lp_LUSOL.c
  bfp/bfp_LUSOL/LUSOL/lusol.c lp_Hash.c lp_lib.c lp_wlp.c lp_matrix.c lp_mipbb.c lp_MPS.c lp_params.c ini.c
  lp_presolve.c lp_price.c lp_pricePSE.c lp_report.c lp_scale.c lp_simplex.c lp_SOS.c lp_utils.c)
list(TRANSFORM lpsolve_sources PREPEND "${lpsolve}/")

# Its few static variables, so that threads can solve side by side: scratch values become one per thread, the table of
# BLAS functions is filled before the program starts, and nothing is seeded from the time of day.
function(dyo_edit file from to)
  file(READ "${lpsolve}/${file}" text)
  string(FIND "${text}" "${to}" done)
  if(done EQUAL -1)
    string(REPLACE "${from}" "${to}" new "${text}")
    if(new STREQUAL text)
      message(FATAL_ERROR "${file} does not contain: ${from}")
    endif()
    file(WRITE "${lpsolve}/${file}" "${new}")
  endif()
endfunction()
set(lu bfp/bfp_LUSOL/LUSOL/lusol1.c)
dyo_edit(${lu} "  static int  I, *J, *IC, K, LC, LC1," "  static _Thread_local int  I, *J, *IC, K, LC, LC1,")
dyo_edit(${lu} "  static REAL AMAX;" "  static _Thread_local REAL AMAX;")
dyo_edit(shared/commonlib.c "static double   timeBase;" "static _Thread_local double timeBase;")
dyo_edit(lp_utils.c "static MYBOOL randomized = FALSE;" "MYBOOL randomized = TRUE;")
dyo_edit(shared/myblas.c "MYBOOL mustinitBLAS = TRUE;" "MYBOOL mustinitBLAS = FALSE;")
# Two faults of numerical trouble: the list of singular columns was never freed, and phase one, told that it was feasible
# with no artificial variable left to take out, read in front of its arrays.
dyo_edit(bfp/bfp_LUSOL/LUSOL/lusol.c "void LUSOL_free(LUSOLrec *LUSOL)\n{\n"
                                     "void LUSOL_free(LUSOLrec *LUSOL)\n{\n  LUSOL_FREE(LUSOL->isingular);\n")
dyo_edit(lp_simplex.c "#ifdef Paranoia\n                if(i <= 0) {\n"
                      "#if 1\n                if(i <= 0) {\n                  lp->spx_status = NUMFAILURE;\n")
foreach(f dscal dcopy daxpy dswap ddot idamax dload dnormi)
  dyo_edit(shared/myblas.c " *BLAS_${f};" " *BLAS_${f} = my_${f};")
endforeach()

add_library(lpsolve55 STATIC ${lpsolve_sources} "${compat}/lpsolve/lp_compat.c")
target_include_directories(lpsolve55 PRIVATE "${lpsolve}" "${lpsolve}/shared" "${lpsolve}/bfp" "${lpsolve}/bfp/bfp_LUSOL"
                                             "${lpsolve}/bfp/bfp_LUSOL/LUSOL" "${lpsolve}/colamd")
target_compile_definitions(lpsolve55 PRIVATE YY_NEVER_INTERACTIVE INVERSE_ACTIVE=INVERSE_LUSOL RoleIsExternalInvEngine
  LoadInverseLib=0 LoadLanguageLib=0 LoadableBlasLib=0
  PosixTime         # the clock is dyo_wallclock() of lp_compat.h, not ftime()
  REALXP=double)    # long double is 128-bit software arithmetic in wasm: three times slower, and other digits than native
target_compile_options(lpsolve55 PRIVATE "SHELL:-include \"${compat}/lpsolve/lp_compat.h\"")

install(TARGETS gsl lpsolve55 ARCHIVE DESTINATION lib)
install(FILES ${gsl_headers} DESTINATION include/gsl)
install(FILES "${lpsolve}/lp_lib.h" "${lpsolve}/lp_types.h" "${lpsolve}/lp_utils.h" "${lpsolve}/lp_Hash.h" "${lpsolve}/lp_SOS.h"
              "${lpsolve}/lp_matrix.h" "${lpsolve}/lp_mipbb.h" "${lpsolve}/lp_fortify.h" "${compat}/lpsolve/lp_rand.h" DESTINATION include/lpsolve)
