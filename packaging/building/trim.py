"""What a build leaves out: parts of Qt and Python that this program does not use. Read by app.spec."""

from __future__ import annotations

import re

KEPT_PLUGINS: dict[str, frozenset[str]] = {
    "platforms": frozenset({"qxcb", "qwindows", "qoffscreen"}),
    "imageformats": frozenset({"qjpeg", "qsvg", "qico", "qgif"}),
    "iconengines": frozenset({"qsvgicon"}),
    "platforminputcontexts": frozenset({"ibusplatforminputcontextplugin", "composeplatforminputcontextplugin"}),
    "platformthemes": frozenset({"qxdgdesktopportal"}),
    "printsupport": frozenset({"cupsprintersupport"}),
}
"""By folder of plugins. All others go: GTK's theme would bring GTK along, Wayland's screens are reached by X11."""

TRANSLATION = "qtbase_zh_CN.qm"

EXCLUDED_MODULES = (
    *("tkinter", "lib2to3", "distutils", "setuptools", "pkg_resources", "pip"),
    *("pytest", "mypy", "hypothesis", "rich", "pygments", "markdown_it", "IPython", "numpy"),
    *("readline", "sqlite3", "_sqlite3", "lxml.objectify"),
    *("PIL.ImageTk", "PIL.ImageQt", "PIL._avif", "PIL._webp", "PIL._imagingtk"),
    *("PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets"),
)

OWN_LIBRARIES = (
    *("libpython", "libcrypto", "libssl", "libffi", "libbz2", "liblzma", "libuuid", "libexpat"),
    *("libQt6", "libicu", "libpyside6", "libshiboken6"),
)
"""
What a build for Linux brings along beside the libraries of its packages. All others, from X11 to the printers, are
the system's: they must fit its drivers and fonts, and ours would ask for a newer C library than Kylin has.
"""

_SYSTEM_LIBRARY = re.compile(r"lib[^/]+\.so(\.[0-9.]+)?")
_VENDORED = re.compile(r"-[0-9a-f]{8}\.so")
_LIBRARIES = re.compile(
    r"(lib)?Qt6(Qml\w*|Quick\w*|Network|OpenGL\w*|VirtualKeyboard\w*|Pdf\w*|Wayland\w*|EglF\w*|ShaderTools|Sql|Test)"
    r"(\.so\..*|\.dll)"
    r"|opengl32sw\.dll|d3dcompiler_\d+\.dll",
    re.IGNORECASE,
)
_PLUGIN = re.compile(r"(?:^|/)plugins/(?P<folder>[\w-]+)/(?:lib)?(?P<name>[\w-]+)\.(?:so|dll)$")


def is_wanted(path: str) -> bool:
    """Whether a file of the build stays, by its place in it."""
    place = path.replace("\\", "/")
    name = place.rpartition("/")[2]
    if "/translations/" in f"/{place}" and name.endswith(".qm"):
        return name == TRANSLATION
    if place.startswith("stdnum/") and name.endswith(".dat"):
        return place.startswith("stdnum/cn/")
    if "PySide6/" in place and (plugin := _PLUGIN.search(place)):
        return plugin["name"] in KEPT_PLUGINS.get(plugin["folder"], frozenset())
    if _LIBRARIES.fullmatch(name):  # also the link to it that lies on top, which would lead nowhere
        return False
    return not _SYSTEM_LIBRARY.fullmatch(place) or bool(_VENDORED.search(place)) or place.startswith(OWN_LIBRARIES)
