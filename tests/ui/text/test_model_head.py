"""Heads of models as HTML: escaped, named for the film, always of the same parts."""

from annlab.ui.text.model_head import Head, Number, head_html


def test_texts_are_escaped() -> None:
    html = head_html(Head(title="<b>'\"", label="a<b", numbers={"score": Number("<i>")}, place=0))
    assert "<b>'" not in html
    assert "a&lt;b" in html
    assert "&lt;i&gt;" in html


def test_numbers_are_named_for_the_film() -> None:
    head = Head(
        title="MLP",
        numbers={"score": Number("0.9"), "gain": Number("+0.4", after=" vs.", tone="better")},
        beside_label={"training": Number("0.95", before="training ")},
        below={"truth": Number("inside 0.1")},
        place=2,
    )
    html = head_html(head)
    for name, text in (("score", "0.9"), ("gain", "+0.4"), ("training", "0.95")):
        assert f"data-film='{name}-2'" in html
        assert f">{text}</b>" in html
    assert "data-tone='better'" in html
    assert "annlab-below" in html
    assert ">C</span>" in html


def test_progress_replaces_the_numbers() -> None:
    html = head_html(Head(title="MLP", numbers={"score": Number("1")}, place=0, progress=1.7))
    assert "aria-valuenow='100.0'" in html
    assert "data-film" not in html
