"""Finds a font with Chinese letters, also one that was installed a moment ago."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

from linkage_sim.errors import InputError
from linkage_sim.words import say

LATIN_FONT = "DejaVu Sans"
# Best first: drawn for simplified Chinese, then those of other countries that hold its letters.
CJK_FONTS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN",
    "PingFang SC", "Microsoft YaHei", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    # An older matplotlib lists a collection of all CJK faces under the name of its first face.
    "Noto Sans CJK JP", "Droid Sans Fallback",
)
CJK_FILES = (
    "NotoSansCJK*", "NotoSansSC*", "SourceHanSans*", "wqy-*", "simhei*", "msyh*", "PingFang*",
    "DroidSansFallback*",
)
FIRST_CJK = 0x2E80


def fonts_for(language: str, texts: str = "") -> list[str]:
    """List the fonts a picture needs: Chinese ones for that language or for Chinese names in it.

    Raises
    ------
    InputError
        When a Chinese font is needed and there is none: boxes instead of letters are never drawn.
    """
    wide = language == "zh" or any(ord(letter) >= FIRST_CJK for letter in texts)
    return [chinese_font(language), LATIN_FONT] if wide else [LATIN_FONT]


def chinese_font(language: str | None = None) -> str:
    """Find a font with Chinese letters; raises InputError with the package that brings one."""
    found = _known() or _newly_installed()
    if found is None:
        raise InputError(say("report.no_font", language))
    return found


def _known() -> str | None:
    from matplotlib import font_manager

    known = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in CJK_FONTS if name in known), None)


def _newly_installed() -> str | None:
    """Look on the disk: matplotlib keeps a list of fonts that may be older than the font."""
    from matplotlib import font_manager

    for path in font_manager.findSystemFonts():
        if any(fnmatch(Path(path).name, pattern) for pattern in CJK_FILES):
            try:
                font_manager.fontManager.addfont(path)
            except (OSError, RuntimeError):
                # A file that is no font after all; the next may be one.
                continue
    return _known()
