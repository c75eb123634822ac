"""Words as pixels: wrapped, joined and ordered before drawing, the same on every machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFont, features

from core.fonts import Style, draw_line, layout, width
from core.text_wrap import wrap


def drawn(line: str, style: Style) -> Image.Image:
    image = Image.new("L", (700, 90))
    draw_line(ImageDraw.Draw(image), (10, 60), line, style, "white")
    return image


def test_arabic_is_joined_and_runs_from_right_to_left() -> None:
    style, lines = layout("حقيبة Nike 42", (600, 90), [40])
    assert len(lines) == 1
    assert lines[0].startswith("42 Nike") or lines[0].startswith("Nike 42"), "the last words stand leftmost"
    assert lines[0].endswith("\ufea3"), "the first letter stands rightmost, in its initial form"
    assert not any("\u0600" <= letter <= "\u06ff" for letter in lines[0]), "all letters are joined forms"
    assert style.size == 40


def test_hebrew_runs_from_right_to_left_line_by_line() -> None:
    _, lines = layout("נעלי ספורט לבנות", (170, 300), [40])
    assert len(lines) > 1
    assert lines[0].endswith("נ")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("ספל (חדש)", "(שדח) לפס"),
        ("ספל [Nike]", "[Nike] לפס"),
        ("ספל «חדש» 20%", "20% «שדח» לפס"),
        ("mug (new)", "mug (new)"),
    ],
)
def test_brackets_open_towards_what_they_hold(text: str, seen: str) -> None:
    assert layout(text, (900, 90), [40])[1] == [seen]


@pytest.mark.parametrize(
    ("text", "across"),
    [("白い水玉模様の赤いマグカップ、友達への「かわいい」もの。１５ユーロ", 9), ("แก้วน้ำสีแดงลายจุดไทย", 7)],
)
def test_marks_stay_with_their_letters(text: str, across: int) -> None:
    for width_ in range(across, across + 6):
        lines, cut = wrap(text, width_, 20, len)
        assert not cut
        assert len(lines) > 1
        assert not any(line[0] in "、。」ッー" for line in lines[1:])
        assert not any(line[-1] in "「เแโใไ１" for line in lines)
        assert not any("\u0e30" <= line[0] <= "\u0e3a" or "\u0e47" <= line[0] <= "\u0e4e" for line in lines)


def test_an_accent_of_its_own_stays_with_its_letter() -> None:
    lines, broken = wrap("e\N{COMBINING CIRCUMFLEX ACCENT BELOW}" * 20, 5, 20, len)
    assert broken
    assert all(line[0] == "e" for line in lines)


def test_lines_are_even() -> None:
    _, lines = layout("a wish of some words that would leave one alone", (560, 200), [40])
    widths = [width(line, Style(40)) for line in lines]
    assert len(lines) == 2
    assert min(widths) > 0.8 * max(widths)


@pytest.mark.skipif(not features.check("raqm"), reason="Pillow found no fribidi to compare with")
def test_order_and_joining_equal_what_fribidi_and_harfbuzz_draw() -> None:
    style, (line,) = layout("نعل سلام", (600, 90), [48])
    ours = drawn(line, style)
    font = ImageFont.truetype(_arabic(), 48, layout_engine=ImageFont.Layout.RAQM)
    theirs = Image.new("L", ours.size)
    ImageDraw.Draw(theirs).text((10, 60), "نعل سلام", font=font, fill="white", anchor="ls")
    overlap = ImageChops.multiply(ours, theirs)
    assert sum(overlap.get_flattened_data()) > 0.8 * sum(ImageChops.multiply(theirs, theirs).get_flattened_data())  # type: ignore[operator, arg-type]


def _arabic() -> str:
    import fontpkg_noto_sans_arabic

    return str(fontpkg_noto_sans_arabic.ROOT / "files" / "NotoSansArabic[wdth,wght].ttf")


@pytest.mark.parametrize("letter", list("AßőΩЖשحไ你かカ안इ€“"))
def test_every_script_has_its_letters(letter: str) -> None:
    style, (line,) = layout(letter, (200, 90), [48])
    missing = drawn("\U000f0000", style)
    assert ImageChops.difference(drawn(line, style), missing).getbbox(), letter


def test_weights_differ() -> None:
    assert width("query", Style(40, 700)) > width("query", Style(40, 400))


def test_largest_size_that_fits_is_taken() -> None:
    assert layout("short", (400, 100), [60, 40, 20])[0].size == 60
    style, lines = layout("a somewhat longer wish in words", (300, 100), [60, 40, 20])
    assert style.size == 20
    assert all(width(line, style) <= 303 for line in lines)


@given(st.text(max_size=200), st.integers(1, 30), st.integers(1, 6))
def test_wrapping_fits_and_loses_nothing_unless_it_says_so(text: str, across: int, most: int) -> None:
    lines, cut = wrap(text, across, most, len)
    assert 1 <= len(lines) <= most
    assert all(len(line) <= max(across, 1) for line in lines)
    if not cut:
        assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(max_size=80))
def test_any_text_can_be_laid_out_and_drawn(text: str) -> None:
    style, lines = layout(text, (260, 200), [40, 20])
    for line in lines:
        assert drawn(line, style).size == (700, 90)


@pytest.mark.parametrize("word", ["a", "hat ", "\u05d0", "\u3042"])
def test_an_endless_text_costs_no_more_than_a_long_one(word: str) -> None:
    measured = 0

    def measure(line: str) -> float:
        nonlocal measured
        measured += len(line)
        return 10.0 * len(line)

    lines, cut = wrap(word * 50_000, 300, 20, measure)
    assert cut
    assert len(lines) == 20
    assert lines[-1].endswith("…")
    assert measured < 10_000_000
    _, lines = layout(word * 50_000, (260, 860), range(52, 13, -3))
    assert lines[-1].endswith("…") or lines[-1].startswith("…")
