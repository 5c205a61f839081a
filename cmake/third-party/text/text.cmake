# What reads outside input: cJSON, and for .xlsx zlib, the unzip half of minizip, and expat. Built with the
# sanitizers when the core is.

dyo_source(cjson "${ROOT}" cjson)
dyo_source(zlib "${ROOT}" zlib)
dyo_source(expat "${ROOT}" expat)
set(compat "${CMAKE_CURRENT_LIST_DIR}/compat")
set(minizip "${zlib}/contrib/minizip")

add_library(cjson STATIC "${cjson}/cJSON.c" "${compat}/dyo_strtod.c")
target_compile_definitions(cjson PRIVATE CJSON_HIDE_SYMBOLS)
set_source_files_properties("${cjson}/cJSON.c" PROPERTIES COMPILE_OPTIONS "-include;${compat}/dyo_strtod.h;-Dstrtod=dyo_strtod")

# Memory to memory only: no gz*.c, so no files.
set(zlib_sources adler32.c compress.c crc32.c deflate.c inffast.c inflate.c inftrees.c trees.c uncompr.c zutil.c)
list(TRANSFORM zlib_sources PREPEND "${zlib}/")
add_library(z STATIC ${zlib_sources})
target_include_directories(z PRIVATE "${zlib}")

# unzOpen2_64() with the caller's own functions is the only way in: fopen() is cut off.
add_library(minizip STATIC "${minizip}/unzip.c" "${minizip}/ioapi.c")
target_include_directories(minizip PRIVATE "${minizip}" "${zlib}")
target_compile_definitions(minizip PRIVATE NOUNCRYPT IOAPI_NO_64)
target_compile_options(minizip PRIVATE "SHELL:-include \"${compat}/no_files.h\"")

add_library(expat STATIC "${expat}/expat/lib/xmlparse.c" "${expat}/expat/lib/xmlrole.c" "${expat}/expat/lib/xmltok.c")
target_include_directories(expat PRIVATE "${compat}" "${expat}/expat/lib")
target_compile_definitions(expat PRIVATE XML_STATIC HAVE_EXPAT_CONFIG_H)

install(TARGETS cjson z minizip expat ARCHIVE DESTINATION lib)
install(FILES "${cjson}/cJSON.h" "${zlib}/zlib.h" "${zlib}/zconf.h" "${minizip}/unzip.h" "${minizip}/ioapi.h"
              "${expat}/expat/lib/expat.h" "${expat}/expat/lib/expat_external.h" "${compat}/dyo_strtod.h"
        DESTINATION include/text)
