"""Text in one spelling, so that a word is found however it was typed.

NFKC (full-width letters, ligatures), case folded, and without the characters that no reader sees.
"""

import re
import unicodedata

# Zero-width and direction marks, soft hyphen, variation selectors, tags: invisible, and used to hide words.
_INVISIBLE = dict.fromkeys(
    [
        0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0,
        *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080),
    ]
)  # fmt: skip
_NOT_A_WORD = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}
_WORD = re.compile(r"\w+")


def plain(text: str) -> str:
    """Return a text in one spelling."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold()


def words(plain_text: str) -> list[str]:
    """Return the words of a plain text, in order: runs of letters, digits and underscores of any script."""
    if plain_text.isascii():
        return plain_text.translate(_NOT_A_WORD).split()  # four times as quick as the pattern
    return _WORD.findall(plain_text)


def places(text: str) -> tuple[str, list[int]]:
    """Return a text in one spelling and, for each of its characters, where it stands in the original.

    One more place at the end, so that `[places[a], places[b]]` is the original of `plain[a:b]`. Sign by sign, and so
    slower than `plain`: for the texts in which something was found. A letter and a mark after it, written as two
    signs, are put together like `plain` does.
    """
    if text.isascii():
        return text.lower(), list(range(len(text) + 1))
    spelled: list[str] = []
    origins: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and (unicodedata.combining(text[end]) or ord(text[end]) in _INVISIBLE):
            end += 1
        piece = plain(text[start:end])
        spelled.append(piece)
        origins.extend([start] * len(piece))
        start = end
    return "".join(spelled), [*origins, len(text)]
