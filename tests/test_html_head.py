"""What a page says about itself in its head and in JSON-LD."""

import pytest

import linesift
from linesift.hints import DateSource, Head
from linesift.page import Page
from linesift.read.html import head as head_module
from linesift.read.html import page as module
from linesift.read.html.page import read_html
from test_read_html import PAGE


def head_of(html: str) -> Head:
    head = read_html(html).page.head
    assert head is not None
    return head


def test_the_head_is_read_when_asked_for() -> None:
    head = head_of(PAGE)
    assert (head.title, head.og_title) == ("Ferry sails again | The Harbour", "Ferry sails again")
    assert (head.description, head.canonical, head.lang) == ("After a week.", "https://news.example/f", "en")
    assert (head.published, head.modified) == ("2024-05-01", "")
    assert head.jsonld_headline.split() == ["Ferry", "sails", "again"]
    assert head.h1 == ("Ferry sails again",)


def test_labels_do_not_wait_for_the_head_and_an_article_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []

    def read_head(tree: object) -> Head:
        read.append(tree)
        return Head(author="Ann Lee")

    monkeypatch.setattr(module, "read_head", read_head)
    prediction = linesift.load().classify(read_html(PAGE).page)
    assert not read
    assert prediction.article().author == "Ann Lee"
    assert len(read) == 1


def test_plain_text_has_no_head() -> None:
    assert Page("Ferry").head is None


@pytest.mark.parametrize(
    "script", ["{", "[1, null]", '{"@type": 3}', '{"@type": "Article", "headline": 4}', "[" * 99_999]
)
def test_a_head_with_broken_json(script: str) -> None:
    head = head_of(f'<title>T</title><script type="application/ld+json">{script}</script>')
    assert (head.title, head.jsonld_headline, head.published) == ("T", "", "")


def test_names_in_each_other_without_end() -> None:
    names = "[" * 400 + '"Ann Lee"' + "]" * 400
    script = f'<script type="application/ld+json">{{"@type": "NewsArticle", "author": {names}}}</script>'
    assert head_of(script + "<p>x").author == ""
    one = script.replace("[" * 399, "").replace("]" * 399, "")
    assert head_of(one + "<p>x").author == "Ann Lee"


def test_elements_in_each_other_are_read_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "<abbr title='14 June'>" * 40 + "<h1>Ferry <b>sails</b> again</h1>" + "x" * 100
    assert head_of(page).h1 == ("Ferry sails again",)
    monkeypatch.setattr(head_module, "_MAX_READ", 2_000)
    found = head_of(page)
    assert found.h1 == ()
    assert {date.text for date in found.dates} == {"14 June"}


OTHER = (
    '{"@type": "NewsArticle", "headline": "Flood wall", "datePublished": "2025-02-28", "url": "https://a.example/b"}'
)
OWN = '{"@type": "NewsArticle", "headline": "Ferry &amp; harbour", "datePublished": "2025-03-03", "@id": "https://a.example/c"}'


@pytest.mark.parametrize(
    "head",
    ["<title>Ferry &amp; harbour | Coast Post</title>", '<link rel="canonical" href="https://a.example/c">'],
)
def test_of_several_articles_in_json_that_of_the_page_counts(head: str) -> None:
    found = head_of(f'<script type="application/ld+json">[{OTHER}, {OWN}]</script>{head}')
    assert found.published == "2025-03-03"
    first = head_of(f'<script type="application/ld+json">[{OTHER}, {OWN}]</script><title>Home</title>')
    assert first.published == "2025-02-28"


def test_json_with_a_comma_behind_its_last_item_is_read() -> None:
    found = head_of(
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2025-03-03",}</script>'
    )
    assert found.published == "2025-03-03"


@pytest.mark.parametrize(
    ("kind", "sources"),
    [
        ("VideoObject", []),
        ("Thing", [DateSource.SCRIPT_PUBLISHED]),
        ("WebPage", [DateSource.JSON_PUBLISHED, DateSource.SCRIPT_PUBLISHED]),
    ],
)
def test_days_of_what_is_not_the_page_do_not_count(kind: str, sources: list[DateSource]) -> None:
    script = f'{{"@type": "{kind}", "datePublished": "2025-02-28"}}'
    dates = head_of(f'<script type="application/ld+json">{script}</script>').dates
    assert [date.source for date in dates] == sources


def test_dates_of_the_web_page_stand_in_for_those_of_the_article() -> None:
    page = '{"@type": "WebPage", "datePublished": "2025-03-03", "dateModified": "2025-03-04"}'
    article = OWN[:-1] + ', "dateModified": "2025-03-05"}'
    for scripts, published, modified in (
        ([page], "03", "04"),
        ([page, OWN], "03", "04"),
        ([page, article], "03", "05"),
    ):
        dates = head_of(LD.format(f"[{', '.join(scripts)}]")).dates
        found = {date.source: date.text[-2:] for date in dates}
        assert (found[DateSource.JSON_PUBLISHED], found[DateSource.JSON_MODIFIED]) == (published, modified)


def test_dates_of_json_may_be_unix_times() -> None:
    found = head_of('<script type="application/ld+json">{"@type": "Article", "datePublished": 1741014720}</script>')
    assert found.published == "1741014720"


LD = '<script type="application/ld+json">{}</script>'


@pytest.mark.parametrize(
    "html",
    [
        LD.format(
            '{"@graph": [{"@type": "Article", "author": {"@id": "#p"}},'
            ' {"@type": "Person", "@id": "#p", "name": "Anna Rat"}]}'
        ),
        LD.format('{"@type": "Article", "author": "https://a.example/anna"}')
        + '<meta name="author" content="Anna Rat">',
        LD.format('{"@type": "Recipe", "author": {"name": "Anna Rat"}}'),
        LD.format('//<![CDATA[\n{"@type": "Article", "author": "Anna Rat"}\n//]]>'),
        LD.format('{"@type": "Article", "author": "Anna Rat"};'),
        '<p itemprop="author" itemscope><span itemprop="name">Anna Rat</span>, editor</p>',
        '<p class="author vcard">by <a class="fn" href="/anna">Anna Rat</a></p>',
        '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Anna Rat">',
        '<meta name="author" content="Oleh: Anna Rat">',
        '<a rel="author"><noscript><img alt="A picture"></noscript>Anna Rat</a>',
    ],
)
def test_sources_of_the_author(html: str) -> None:
    assert head_of(html).author == "Anna Rat"


OF_OTHERS = (
    '<div class="latest"><a rel="author">Zoe Quill</a></div>',
    '<div id="comments"><div itemprop="comment" itemscope><span itemprop="author">Zoe Quill</span></div></div>',
    '<li class="comment-body"><div class="comment-author vcard author"><b class="fn">Zoe Quill</b></div></li>',
    '<section class="related-posts"><div itemscope><meta itemprop="author" content="Zoe Quill">'
    '<meta itemprop="datePublished" content="2019-01-01"></div></section>',
    '<div itemscope itemtype="https://schema.org/VideoObject"><meta itemprop="author" content="Zoe Quill">'
    '<meta itemprop="datePublished" content="2019-01-01"></div>',
)


@pytest.mark.parametrize("other", OF_OTHERS)
def test_authors_and_days_of_comments_and_of_other_stories_do_not_count(other: str) -> None:
    byline = '<p class="byline">By <a rel="author">Anna Rat</a></p>'
    for html in (f"{other}<h1>Ferry</h1>{byline}", f"<h1>Ferry</h1>{byline}{other}", f"{byline}{other}"):
        found = head_of(f"<main>{html}</main>")
        assert (found.author, found.published) == ("Anna Rat", "")
    assert head_of(f"<h1>Ferry</h1>{other}").author == ""


@pytest.mark.parametrize("names", ["container has-sidebar", "elementor-widget", "post comments-open", "sidebar-left"])
def test_names_around_the_whole_article_do_not_hide_its_author(names: str) -> None:
    assert head_of(f'<div class="{names}"><h1>Ferry</h1><p><a rel="author">Anna Rat</a></p></div>').author == "Anna Rat"


def test_the_first_author_below_the_title_counts() -> None:
    above, below = '<p><a rel="author">Zoe Quill</a></p>', '<p><a rel="author">Anna Rat</a></p>'
    assert head_of(f"{above}<h1>Ferry</h1>{below}<p>a{above}").author == "Anna Rat"
    assert head_of(f"{above}<h1>Ferry</h1>").author == "Zoe Quill"


@pytest.mark.parametrize(
    "html",
    [
        '<meta property="article:author" content="Anna Rat"><meta property="article:author" content="Raj Puri">',
        '<meta name="citation_author" content="Anna Rat"><meta name="citation_author" content="Raj Puri">',
        '<p><a rel="author"><img></a><a rel="author">Anna Rat</a> and <a rel="author">Raj Puri</a></p>',
        LD.format('{"@type": "Article", "author": [{"name": "By Anna Rat"}, {"name": "<a href=/r>Raj Puri</a>"}]}'),
    ],
)
def test_several_authors(html: str) -> None:
    assert head_of(html).author == "Anna Rat, Raj Puri"


def test_many_authors_with_long_names_are_all_given() -> None:
    names = [f"Maria-Magdalena von und zu Hohenstein {number}" for number in range(8)]
    listed = ", ".join(f'{{"name": "{name}"}}' for name in names)
    metas = "".join(f'<meta name="citation_author" content="{name}">' for name in names)
    for html in (LD.format(f'{{"@type": "Article", "author": [{listed}]}}'), metas):
        assert head_of(html).author == ", ".join(names)
    assert head_of('<meta name="author" content="' + "a" * 200 + '">').author == ""


def test_of_several_articles_the_title_below_is_of_another_story() -> None:
    race = '{"@type": "NewsArticle", "headline": "Duck race raises a record", "author": "Zoe Quill"}'
    site = '{"@type": "NewsArticle", "headline": "Coast Post", "author": "Admin"}'
    own = '{"@type": "NewsArticle", "headline": "Ferry and harbour", "author": "Anna Rat"}'
    script = LD.format(f"[{race}, {site}, {own}]")
    page = "<h1>Ferry and harbour</h1><p>a</p><h1>Duck race raises a record</h1>"
    assert head_of(f"<title>Coast Post: Ferry and harbour</title>{script}{page}").author == "Anna Rat"
    assert (
        head_of(
            f"<title>Coast Post</title>{LD.format(f'[{own}, {race}]')}<h1>A</h1><h1>Duck race raises a record</h1>"
        ).author
        == "Zoe Quill"
    )


def test_articles_in_a_list_are_other_stories() -> None:
    item = '{"@type": "NewsArticle", "headline": "Ferry", "author": "Zoe Quill", "datePublished": "2019-01-01"}'
    found = head_of(LD.format(f'{{"@type": "ItemList", "itemListElement": [{{"item": {item}}}]}}'))
    assert (found.author, found.published, found.dates) == ("", "", ())


def test_references_that_are_escaped_twice() -> None:
    found = head_of(
        '<meta property="og:site_name" content="Smith &amp;amp; Sons"><title>Rat&amp;#8217;s boat</title>'
        '<meta property="og:title" content="Rat&amp;#8217;s boat">'
    )
    assert (found.site_name, found.title, found.og_title) == ("Smith & Sons", "Rat’s boat", "Rat’s boat")


def test_the_writer_of_another_object_comes_last() -> None:
    article, review = '{"@type": "Article", "headline": "A"}', '{"@type": "Review", "author": {"name": "A reader"}}'
    script = LD.format(f"[{article}, {review}]")
    assert head_of(script + '<meta name="author" content="Anna Rat">').author == "Anna Rat"
    assert head_of(script).author == "A reader"


@pytest.mark.parametrize("name", ["Di Marco Lucia", "Von der Heide, Karl", "James O'Neil"])
def test_names_that_begin_like_a_byline(name: str) -> None:
    written = name.replace("'", "&#039;")
    assert head_of(LD.format(f'{{"@type": "Article", "author": "{written}"}}')).author == name


def test_references_in_json_are_characters() -> None:
    found = head_of(
        LD.format('{"@type": "Article", "headline": "Rat &#8211; Lok &amp; Co", "publisher": {"name": "A &amp; B"}}')
    )
    assert (found.jsonld_headline, found.site_name) == ("Rat – Lok & Co", "A & B")
