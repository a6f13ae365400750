"""What the bundle tells macOS about k6desk, for `BUNDLE(info_plist=…)`; PyInstaller adds names, version and icon."""

from __future__ import annotations

FILE_TYPE = "io.github.k6desk.run"

INFO_PLIST = {
    "CFBundleDevelopmentRegion": "en",
    "CFBundleDocumentTypes": [
        {
            "CFBundleTypeName": "k6 runs",
            "CFBundleTypeRole": "Viewer",
            "LSHandlerRank": "Owner",
            "LSItemContentTypes": [FILE_TYPE],
        }
    ],
    "CFBundleURLTypes": [
        {"CFBundleURLName": "k6desk link", "CFBundleTypeRole": "Viewer", "CFBundleURLSchemes": ["k6desk"]}
    ],
    "LSApplicationCategoryType": "public.app-category.developer-tools",
    "LSMinimumSystemVersion": "13.0",  # as Qt 6.11
    "NSHighResolutionCapable": True,
    "NSHumanReadableCopyright": "The k6desk authors, Apache-2.0",
    "NSRequiresAquaSystemAppearance": False,  # dark where the system is
    "UTExportedTypeDeclarations": [
        {
            # Not a public.zip-archive: Finder would unpack it instead.
            "UTTypeConformsTo": ["public.data", "public.content"],
            "UTTypeDescription": "k6 runs",
            "UTTypeIdentifier": FILE_TYPE,
            "UTTypeTagSpecification": {
                "public.filename-extension": ["k6run"],
                "public.mime-type": ["application/vnd.k6desk.run+zip"],
            },
        }
    ],
}
