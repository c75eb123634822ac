"""What commands print where nobody looks on."""

from __future__ import annotations

import pytest

from core.cli import output


@pytest.mark.parametrize("columns", ["20", "80"])
def test_lines_stay_whole_in_a_pipe(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    sentence = "It is the same picture as another one. " * 5
    output.complain(sentence.strip(), sentence.strip())
    output.out().print(output.table(("file", "why"), [("a" * 100, sentence.strip())]))
    captured = capsys.readouterr()
    assert captured.err == f"{sentence.strip()}\n" * 2
    assert f"{'a' * 100}  {sentence.strip()}" in captured.out


def test_markup_and_control_characters_are_only_text(capsys: pytest.CaptureFixture[str]) -> None:
    output.out().print(output.table(("title",), [("[red]hat[/red] \x1b[31m:smile:",)]))
    shown = capsys.readouterr().out
    assert "[red]hat[/red]" in shown
    assert ":smile:" in shown
    assert "\x1b" not in shown
