"""Invented pages and pieces of markup on which the two readers of HTML are compared."""

_HEAD = """<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Ferry to Saltmarsh returns | Coast Post</title>
<meta property="og:title" content="Ferry to Saltmarsh returns"><meta name=" DATE " content="2024-05-17T08:30:00+02:00">
<script type="application/ld+json">{"datePublished": "2024-05-16T07:05:00Z", "headline": "</p><p>no"}</script>
<script>document.write("<!-- <script>x<\\/script> -->"); if (a < b && c > d) {}</script>
<style>p > a {color: red}</style>
<noscript><img src=pixel.gif></noscript></head>"""

PAGES = [
    "",
    "no markup at all",
    "<p>a</p><p>b</p>",
    f"""{_HEAD}<body class="page home"><!-- x --><a class=skip href="#main">Skip to content</a>
<header role=banner><nav class="menu menu-1"><ul><li class="item item1"><a href="/">Home</a></li>
<li class="item item2"><a href="https://www.coast.example/sport">Sport</a><li class=item3><a
href="//facebook.com/sharer?u=x">Share</a><li><a
href="https://WWW.Twitter.com./intent/tweet">Post</a><li><a
href="mailto:?subject=a">Mail</a></ul></nav>
</header><main id=main><article itemtype="https://schema.example/NewsArticle"><h1 class="headline">Ferry to Saltmarsh
returns</h1><p class="byline dateLine">17 May 2024, 8:30 · <span class=author>Ana Pereira</span></p><figure><img
alt="The ferry at the pier" title="Ferry" src=a.jpg><figcaption>The ferry at the pier in May</figcaption></figure>
<p>The <b>ferry</b> to <a href=harbour.html>Saltmarsh</a> returns after four years,&nbsp;the council said.</p>
<p><em>It will</em> sail <time datetime=2024>on 16 May, 7:05</time>.<br>
Tick&shy;ets cost &pound;4 &amp; more &lt;soon&gt;.
<div style="COLOR:red; display : None">never</div><img width=1 height=1 src=x><pre>
 one
   two  three
</pre><table><tr><th>Day<td><b>Trips</b><tr class=odd><td>Monday<td>Four<tr><td>a<p>b<td>c</table>
<aside hidden><p>hidden</p></aside><x-teaser data-component="ReadAlso">Read also</x-teaser>
<svg viewBox="0 0 1 1"><title>icon</title><style>.a{{}}</style><link><path/></svg><video alt=v>no</video>
<iframe src=x><p>frame</iframe></article></main><footer><p>© Coast Post</p></footer><img alt=tail></body></html>""",
    "<p>١٧ مايو ٢٠٢٤</p><meta name=date content=2024-05-17>",
    "<head><meta name=date content=2024-05-17><meta name=ſ content=x></head><p>٢٠٢٤ 17</p><p>𝟚𝟘𝟚𝟜</p><p>17 2024</p>",
    "<title>İstanbul'da Büyük Şölen</title><h1>İSTANBUL'DA BÜYÜK ŞÖLEN</h1><p>ẞ ß ss</p>",
    "<title>港口 重新 开放</title><h1>港口重新开放</h1><p>港口\u3000重新 开放</p><title>x</title>",
    "<title>a</title><p>a</p><p>b</p>",
    "<body class='a1\nb' hidden id=x><p>a<script><!--<script></script>--></script>b",
    "<table><tr><td><table><tr><td>a<td>b</table><td>c</table>",
    "<dialog class=a>a<p>b</dialog><dialog open id=c>c<dialog>d</dialog></dialog><ruby>漢<rp>(<rt>かん<rp>)</ruby>字",
    "<tr><td>a</td></tr><li>b<b>c<p>d</b>e<a href=x>f<a>g",
    "<div style=dıſplay:none>a</div>",
    "<p>a<div hidden id=S:1>b</div><p id=S hidden>c<p id='S:2' style=display:none hidden>d<p id=s:3 hidden>e",
    "<div style='DİSPLAY:none'>b</div><div style='x:y&quot;;vısibility:\xa0hidden'>c</div>",
    "<select><option>a</select><textarea>\n\nb<p></textarea><object>c<p>d</object><noembed><p>e</noembed>f",
    "<p>\u200b<p>\ufeff \u200e\u2060\u206f<p>\u202aa\u202c<p>\u2010<p>\ufefe<p>\u2070<p>\u205e<b>\u200d</b><p>\u2064",
    "<p>a\xad</p><p>\xad</p><p>a \xad b\x85c\u2028d\x1ce</p>",
    "<math><mi>a<p>b</mi></math><math><style>a</style></math>c",
    "<img alt=a><p>b<img alt=b>c<img alt=d></p><img alt='' title=e><p>e</p><img hidden alt=f><p>f",
    "<p><a><span class=a>a</span></a><i></i>b<i class=c>c</i><i>d</i><a>e</a><x>f</x></p>",
    "<pre>a <b>b</b> c\nd <i>e</i>(f):\n</pre>",
    "<pre><b>read</b><i>(</i>\n<a>B</a><a>C</a></pre><h1>a<br>b<i>c</i><br><br>(d)<div>e<br>f</div><br>g</h1>",
    "<h2><br>h</h2><p>i<br>j",
    "<p>Java<wbr>Script v<!-- -->12 3<!--a--><!--b-->D<wbr><b>E</b>f<!-- --> G</p>",
    "<!-- -->H<p><a>a</a><!-- --><a>b</a>c</p>I<wbr>1<wbr>23",
    "<x-a>Ferry</x-a><x-b>returns</x-b>to<x-c>port</x-c><b>D</b><math><annotation>a</annotation>b</math><meter>c</meter>d",
    "<pre>a\n\n <b>b\nc</b>\n</pre><listing>d\ne</listing><textarea>f</textarea>",
    "<a href='&#9;java'>a</a><a href='HTTP://T.me/share'>b</a><a href='http:x'>c</a><a href='x:y'>d</a>",
    "<a href='é:y'>e</a>",
    "<a href='//user@facebook.com:80/sharer'>a</a><a href='https://'>b</a><a href='?q'>c</a>",
    "<a href=' '>d</a><a href>e</a>",
    "<p a\"b=c =d='e' class=f>g</p><a<b class=h>i</a<b><p id='&amp;&lt;&gt;&quot;\xa0'>j",
    "<p><b>Published</b>15 May<i>.</i>Next<b>a</b>1<b>é</b>12<i>Ü</i>(<a>b</a>)<a>c</a><b>,</b><b>&amp;</b>D<b>x;</b>Y",
    "<p>ß<b>𝐀</b>𐐀<b>𐐨</b>𝟚𝟚<b>ǅ</b>ﬁ<b>Ⅷ</b>（<a>a</a>」<a>A</a>。<a>」</a>。",
    "<div class='teaserBox teaser-2'><div class=''><p class=' lead-in XMLHttp aB'>a</div></div><p class='\xa0x 12'>b",
]
"""Pages that the compiled reader can read."""

PIECES = [
    "<p>", "</p>", "<p class='a1 b'>", "<div>", "<div class=lead-text id=storyBody>", "</div>", "<span>",
    "<span class=x>", "</span>", "<a href=/a>", "<a href='https://facebook.com/sharer'>", "<a href=#b class=c>",
    "</a>", "<b>", "</b>", "<em>", "</em>", "<i>", "</i>", "<br>", "<hr>", "<pre>", "</pre>", "<table>", "<tr>",
    "<td>", "<th>", "</td>", "</tr>", "</table>", "<ul>", "<li>", "</ul>", "<time>", "</time>", "<label>", "</label>",
    "<h1>", "</h1>", "<img alt='a b'>", "<img width=1>", "<video>", "</video>", "<iframe>", "</iframe>", "<svg>",
    "</svg>", "<style>", "</style>", "<script>", "</script>", "<!--", "-->", "<math>", "</math>", "<mi>",
    "<template>", "</template>", "<noscript>", "</noscript>", "<select>", "</select>", "<option>", "<textarea>",
    "</textarea>", "<title>", "</title>", "<head>", "<body class=z>", "<html lang=x>", "<x-y>", "</x-y>",
    "<wbr>", "<!-- -->", "<meter>", "</meter>", "<annotation>", "</annotation>",
    "<dialog>", "<dialog open>", "</dialog>", "<ruby>", "<rt>", "</ruby>",
    "<p hidden>", "<div style='display:none'>", "<foreignObject>", "<link>", "<form>",
    "<meta name=date content=2024-05-17>", "<meta property=og:title content='a word'>", "<button>", "</button>",
    "<nobr>", "<object>", "<frameset>", "<listing>", "<keygen>", "<article class='time-stamp'>", "</article>",
    "<![CDATA[", "]]>", "<font>", "</font>", "a", "b c", " ", "\n", "a word", "17 May 2024", "2024", "&nbsp;",
    "&shy;", "\u200b", "\ufeff", "&lt;", "&amp;", "é", "\u3000", "漢字", "٣", "x" * 90, "&lt;/style>",
    '"datePublished": "2024-05-17"',
]  # fmt: skip
"""Pieces that together make pages of any build."""
