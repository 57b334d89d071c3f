"""
Makes the fonts of the client's own texts, and what they cover: src/design/fonts/.

Run by hand when tests/fonts.test.ts asks for it, with fonttools and brotli
installed: ``python scripts/subset_fonts.py FOLDER``, where FOLDER holds Debian's
NotoSansCJK-Regular.ttc and NotoSansCJK-Bold.ttc (package fonts-noto-cjk). What is not
covered, as names of people, is shown with the slices of design/fonts.css.
The fonts are Noto Sans KR and Noto Sans CJK KR, SIL Open Font License 1.1.
"""

import collections
import re
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

HERE = Path(__file__).resolve().parents[1]
OUT = HERE / "src" / "design" / "fonts"
LATIN = (
    HERE / "node_modules/@fontsource-variable/noto-sans-kr/files"
    "/noto-sans-kr-latin-wght-normal.woff2"
)
NAME = "한국어"
"""The name of the language, alone in a file: English pages show it too."""


def options() -> subset.Options:
    """Return how the files are written."""
    made = subset.Options()
    made.flavor = "woff2"
    made.hinting = False
    made.name_IDs = [0, 13, 14]  # the licence
    made.layout_features = ["kern", "mark", "mkmk", "ccmp"]
    return made


def write(font: TTFont, text: str, name: str) -> None:
    """Write the glyphs of a text to a file."""
    chosen = options()
    subsetter = subset.Subsetter(chosen)
    subsetter.populate(text=text)
    subsetter.subset(font)
    subset.save_font(font, OUT / name, chosen)
    print(name, (OUT / name).stat().st_size)


def cjk(folder: Path, weight: str) -> TTFont:
    """Return the Korean font of a collection."""
    collection = TTCollection(folder / f"NotoSansCJK-{weight}.ttc")
    return next(f for f in collection.fonts if "CJK KR" in f["name"].getDebugName(1))


def ranges(text: str) -> str:
    """Return the characters of a text as CSS names them."""
    return ", ".join(f"U+{ord(c):X}" for c in sorted(text))


def main() -> None:
    """Write all files."""
    texts = {
        code: (HERE / "src" / "text" / f"{code}.ftl").read_text(encoding="utf-8")
        for code in ("en", "ko")
    }
    hangul = "".join(sorted(set(re.findall("[가-힣]", texts["ko"])) - set(NAME)))
    font = TTFont(LATIN)
    known = set(font.getBestCmap())
    said = {c for c in texts["en"] + texts["ko"] if 0x7E < ord(c) < 0x3000}
    signs = "".join(sorted(c for c in said if ord(c) in known))
    moves = font["gvar"].variations
    font["gvar"].variations = collections.defaultdict(
        list, {g: moves[g] for g in font.getGlyphOrder() if g in moves}
    )
    ascii_ = "".join(map(chr, range(0x20, 0x7F)))
    write(font, ascii_ + signs, "latin.woff2")
    folder = Path(sys.argv[1])
    write(cjk(folder, "Regular"), hangul, "hangul.woff2")
    write(cjk(folder, "Bold"), hangul, "hangul_bold.woff2")
    write(cjk(folder, "Regular"), NAME, "language_name.woff2")
    faces = (
        ("latin", "latin", f"U+20-7E, {ranges(signs)}"),
        ("hangul", "hangul_bold", ranges(hangul)),
        # Last: of two faces with one character the later one counts.
        ("language_name", "language_name", ranges(NAME)),
    )
    # Of faces with different ranges of weight browsers take one only: each has both.
    rules = "".join(
        "@font-face {\n  font-family: 'Pavilion Texts';\n  font-style: normal;\n"
        f"  font-display: swap;\n  font-weight: {weight};\n"
        f"  src: url('./{name}.woff2') format('woff2');\n"
        f"  unicode-range: {covered};\n}}\n\n"
        for regular, bold, covered in faces
        for name, weight in ((regular, "100 550"), (bold, "551 900"))
    )
    head = (
        "/* Written by scripts/subset_fonts.py: the characters of our own texts. */\n"
    )
    (OUT / "own_texts.css").write_text(head + rules.rstrip() + "\n", "utf-8")
    (OUT / "covered.ts").write_text(
        f"{head}export const COVERED =\n  '{signs}{hangul}{NAME}';\n", "utf-8"
    )


if __name__ == "__main__":
    main()
