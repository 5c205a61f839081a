# What `cmake --install` lays down, and the Debian package: `cpack --config build/release/CPackConfig.cmake`.
include(GNUInstallDirs)
set(files "${PROJECT_SOURCE_DIR}/cmake/install")
install(TARGETS dyocensed)
install(FILES docs/dyocensed.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
install(FILES "${files}/dyocensed.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME dyocensed)
install(DIRECTORY web-demo/dist/ DESTINATION "${CMAKE_INSTALL_DATADIR}/dyocensed/page" OPTIONAL)
# The unit names where things are laid, which is known only now.
install(CODE "set(DYO_BIN \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
set(DYO_DATA \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}\")
configure_file(\"${files}/dyocensed.service.in\" \"${PROJECT_BINARY_DIR}/generated/dyocensed.service\" @ONLY)")
install(FILES "${PROJECT_BINARY_DIR}/generated/dyocensed.service" "${files}/dyocensed.socket"
        DESTINATION lib/systemd/system)

# --- the package ----------------------------------------------------------------------------------------------------
set(docs "${CMAKE_INSTALL_DATADIR}/doc/dyocensed")
install(FILES THIRD-PARTY-NOTICES.md DESTINATION "${docs}" COMPONENT package EXCLUDE_FROM_ALL)
install(FILES "${files}/debian/copyright" DESTINATION "${docs}" COMPONENT package EXCLUDE_FROM_ALL)
install(FILES CHANGELOG.md DESTINATION "${docs}" COMPONENT package EXCLUDE_FROM_ALL)
install(FILES "${files}/dyocensed.default" DESTINATION /etc/default RENAME dyocensed COMPONENT package EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME dyocensed)
set(CPACK_PACKAGE_CONTACT "The Dyocense project")
set(CPACK_PACKAGE_VENDOR "${CPACK_PACKAGE_CONTACT}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "How much to order, whom to schedule and what comes next")
set(CPACK_PACKAGE_DESCRIPTION
"Takes CSV and Excel files, Salesforce, Google Drive and MCP servers, keeps their
series in one SQLite file, forecasts them, and computes orders and schedules.")
set(CPACK_STRIP_FILES ON)
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_CMAKE_PROJECTS "${PROJECT_BINARY_DIR};dyocense;Unspecified;/;${PROJECT_BINARY_DIR};dyocense;package;/")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
file(WRITE "${PROJECT_BINARY_DIR}/generated/conffiles" "/etc/default/dyocensed\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${files}/debian/postinst" "${files}/debian/prerm" "${files}/debian/postrm"
    "${PROJECT_BINARY_DIR}/generated/conffiles")
include(CPack)
