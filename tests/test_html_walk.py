"""The walk by itself: what it finds out about each line."""

from selectolax.lexbor import LexborHTMLParser

from linesift.read.html.walk import BLOCK, KEYS, N_OWN, NAME, Walk, WalkedLine


def lines_of(html: str) -> tuple[list[WalkedLine], list[str]]:
    """Lines of a body, and the page's distinct keys."""
    walk = Walk()
    body = LexborHTMLParser(html).body
    assert body is not None
    walk.run(body)
    return walk.lines, walk.keys


def test_the_example_of_the_module() -> None:
    (first, second), keys = lines_of("<p class=lead>a <b>c</b> d</p><p>e</p>")
    assert (first.text, first.n_inline, first.emphasis, first.link_share) == ("a c d", 1, 1 / 3, 0)
    assert first.holder[BLOCK][NAME] == "p"
    assert [keys[number] for number in first.holder[KEYS]] == ["lead"]
    assert first.holder[N_OWN] == 1
    assert (second.text, second.n_inline, second.emphasis) == ("e", 0, 0)
    assert second.holder[KEYS] == ()


def test_the_holder_moves_outwards_when_its_element_ends() -> None:
    (line,), _ = lines_of("<p class=lead><b class=name>c</b> d")
    ((_, keys, n_own, block, _), part_keys) = line.holder, line.part_keys
    assert (len(keys), n_own, block[NAME], len(part_keys)) == (1, 1, "p", 1)
    (line,), _ = lines_of("<p class=lead><b class=name>c d</b>")
    assert (len(line.holder[KEYS]), line.part_keys) == (2, ())


def test_elements_that_add_nothing_share_the_scope_around_them() -> None:
    (outer, inner), _ = lines_of("<div>a<br><span><span>b</span></span></div>")
    assert inner.holder is outer.holder


def test_pictures_stand_before_the_line_that_begins_next() -> None:
    walk = Walk()
    body = LexborHTMLParser("<img><p>a <img> b <img></p><video></video><p>c</p><p><iframe></iframe>").body
    assert body is not None
    walk.run(body)
    assert {index: [node.tag for node in nodes] for index, nodes in walk.gaps.items()} == {
        0: ["img"], 1: ["img", "video"], 2: ["iframe"],
    }  # fmt: skip


def test_addresses_of_the_links_around_a_line_and_in_it() -> None:
    lines, _ = lines_of("<a href=1><h2>a</h2><p>b</p></a><p>c <a href=2>d</a> <a href=3>e</a></p><p>f<a name=g>g</a>")
    assert [sorted(filter(None, line.hrefs)) for line in lines] == [["1"], ["1"], ["2", "3"], []]
