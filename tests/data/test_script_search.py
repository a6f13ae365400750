"""The search in scripts, against a plain Python loop over the same texts, on real files."""

from __future__ import annotations

import hashlib
import sys

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k6desk.data import matcher, script_search
from k6desk.data.folding import folded
from k6desk.data.matcher import BadPattern, Sought, required_literals
from k6desk.data.script_search import Place, ScriptSearch

PLAIN = "aAbBkKsSiI%_\"*'\\()[]{}.^$|?+-:; \t\n\r\0"
OTHERS = [
    "é",
    "É",
    "ß",
    "ſ",
    "\u212a",
    "ı",
    "İ",
    "Σ",
    "σ",
    "ς",
    "き",
    "🦊",
    "•",
    "\u2028",
    "\ud800",
    "\ufffe",
    "\uffff",
]
LETTERS = st.text(st.sampled_from([*PLAIN, *OTHERS]), max_size=30)


def digest_of(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@pytest.fixture
def search(tmp_path):
    search = ScriptSearch(tmp_path / "search.db")
    yield search
    assert search.problem is None
    search.close()


@pytest.fixture
def found(search):
    """`found(words, texts…)` are the numbers of the lines that match, by the number of the text."""

    def find(words: str, *texts: str, **how) -> dict[int, list[int]]:
        search.add({digest_of(str(number)): [(str(number), text)] for number, text in enumerate(texts)})
        result = search.find(Sought(words, **how))
        assert result.problem is None
        return {
            int(place.member): [line.number for line in text.lines] for text in result.texts for place in text.places
        }

    return find


def oracle(words: str, text: str, match_case: bool) -> list[int]:
    """The lines in which matches begin that do not overlap."""
    text, words = ("\n".join(one.replace("\r\n", "\n").split("\r")) for one in (text, words))
    if not match_case:
        text, words = folded(text), folded(words)
    numbers, at = [], text.find(words)
    while at >= 0:
        numbers.append(1 + text.count("\n", 0, at))
        at = text.find(words, at + len(words))
    return sorted(set(numbers))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(LETTERS, min_size=1, max_size=5, unique=True), data=st.data(), match_case=st.booleans())
def test_whatever_is_in_a_text_is_found_in_the_lines_where_it_begins(texts, data, match_case):
    text = data.draw(st.sampled_from(texts))
    first = data.draw(st.integers(0, len(text)))
    words = data.draw(st.one_of(st.just(text[first : first + data.draw(st.integers(1, 8))]), LETTERS))
    search = ScriptSearch(None)
    search.add({digest_of(str(number)): [(str(number), one)] for number, one in enumerate(texts)})
    result = search.find(Sought(words, match_case))
    lines = {int(place.member): found.lines for found in result.texts for place in found.places}
    expected = {number: oracle(words, one, match_case) for number, one in enumerate(texts)} if words else {}
    assert {number: [line.number for line in some] for number, some in lines.items()} == {
        number: numbers for number, numbers in expected.items() if numbers
    }
    search.close()


@pytest.mark.parametrize(
    "words", ["%", "_", '"', "*", "NEAR(", "a AND b", "-", "^", "x'00'", "ü", "のは", "\t", "' OR 1"]
)
def test_signs_of_query_languages_are_just_text(found, words):
    assert found(words, f"nothing\n  {words} here", "another text") == {0: [2]}


def test_case_counts_only_when_it_is_asked_for(found):
    assert found("baseURL", "const BASEURL", "let baseUrl", "// baseURL") == {0: [1], 1: [1], 2: [1]}
    assert found("baseURL", match_case=True) == {2: [1]}


def test_a_match_stands_where_the_line_shows_it(search):
    search.add({digest_of("a"): [("", "one\r\n\tİtwo Two\rthree")]})
    (text,) = search.find(Sought("TWO")).texts
    (line,) = text.lines
    assert line.number == 2
    assert [line.text[first:end] for first, end in line.spans] == ["two", "Two"]


def test_of_a_line_without_end_the_part_around_the_match_is_given(search):
    search.add({digest_of("a"): [("", "x" * 500_000 + "needle" + "y" * 500_000)]})
    (line,) = search.find(Sought("needle")).texts[0].lines
    assert len(line.text) <= 1000
    ((first, end),) = line.spans
    assert line.text[first:end] == "needle"
    assert "xx" in line.text[:first]


def test_newest_scripts_come_first_and_the_last_line_is_told(search, monkeypatch):
    monkeypatch.setattr(script_search, "MOST_LINES", 5)
    search.add({digest_of(str(number)): [("", f"common\ncommon {number}")] for number in range(40)})
    result = search.find(Sought("common"))
    assert [text.places[0].digest for text in result.texts] == [digest_of(name) for name in ("39", "38", "37")]
    assert sum(len(text.lines) for text in result.texts) == 5
    assert result.has_more
    assert not search.find(Sought("common 3\n", match_case=True)).has_more


def test_exactly_as_many_lines_as_are_shown_are_not_more(search, monkeypatch):
    monkeypatch.setattr(script_search, "MOST_LINES", 4)
    search.add({digest_of(str(number)): [("", f"a{number} b\nb")] for number in range(2)})
    result = search.find(Sought("b"))
    assert sum(len(text.lines) for text in result.texts) == 4
    assert not result.has_more


def test_rare_and_frequent_texts_are_found_among_many(found):
    texts = [f"import http from 'k6/http';\n// script {number} ab{number % 7}q" for number in range(300)]
    texts[123] += "é"
    assert found("é", *texts) == {123: [2]}
    assert found("pt 123") == {123: [2]}
    assert len(found("ab3q")) == 43
    assert len(found("http';")) == 300
    assert found("http'; import") == {}


def test_a_text_of_several_scripts_is_kept_and_found_once(search):
    search.add({digest_of(str(number)): [("data", f"own {number}"), ("lib.js", "shared")] for number in range(15)})
    (text,) = search.find(Sought("shared")).texts
    assert text.places[0] == Place(digest_of("14"), "lib.js")
    assert len(text.places) + text.more_places == 15


def test_what_is_removed_is_found_no_more_but_what_others_hold(search):
    search.add({digest_of("a"): [("lib.js", "shared"), ("data", "mine éé")], digest_of("b"): [("lib.js", "shared")]})
    search.remove({digest_of("a")})
    assert search.find(Sought("mine")).texts == ()
    assert search.find(Sought("é")).texts == ()
    assert search.find(Sought("shared")).texts[0].places == (Place(digest_of("b"), "lib.js"),)
    assert search.indexed() == {digest_of("b")}
    search.add({digest_of("a"): [("data", "mine éé")]})
    assert len(search.find(Sought("mine")).texts) == 1


def test_a_search_that_nobody_wants_any_more_ends(search):
    search.add({digest_of(str(number)): [("", f"common {number}")] for number in range(300)})
    asked = iter([True] * 10)
    assert len(search.find(Sought("common"), lambda: next(asked, False)).texts) == 10


def test_a_file_that_is_lost_or_damaged_costs_only_indexing(tmp_path):
    path = tmp_path / "search.db"
    search = ScriptSearch(path)
    search.add({digest_of(str(number)): [("", f"text {number}" * 200)] for number in range(100)})
    search.close()
    content = bytearray(path.read_bytes())
    content[16384 : len(content) // 2] = b"\xff" * (len(content) // 2 - 16384)
    path.write_bytes(content)
    search = ScriptSearch(path)
    search.check()
    assert "damaged" in (search.problem or "")
    assert search.indexed() == set()
    search.add({digest_of("a"): [("", "again")]})
    assert len(search.find(Sought("again")).texts) == 1
    search.close()


# -- regular expressions ---------------------------------------------------------------------------------------------


def test_patterns(found):
    texts = ["const a = 1;\nconst bb = 22;", "sleep(1);\nsleep(12);", "const x;"]
    assert found(r"^const \w+ = \d+;$", *texts, is_pattern=True) == {0: [1, 2]}
    assert found(r"SLEEP\(\d\d\)", is_pattern=True) == {1: [2]}
    assert found(r"SLEEP", is_pattern=True, match_case=True) == {}
    assert found(r"^", is_pattern=True) == {0: [1, 2], 1: [1, 2], 2: [1]}
    assert found(r"1;\s*const", is_pattern=True) == {0: [1]}


@pytest.mark.parametrize("words", ["(", "[a", "*a", "(?P<a>b)(?P<a", "\\", "(" * 5000, "(?P=x)", "a{99999999}"])
def test_what_is_no_pattern_gives_a_sentence(search, words):
    with pytest.raises(BadPattern, match=r"\AThis [^\n]*\.\Z"):
        search.find(Sought(words, is_pattern=True))


def test_a_pattern_that_would_take_for_ever_is_given_up(search, monkeypatch):
    monkeypatch.setattr(matcher, "MOST_PER_TEXT_S", 0.05)
    search.add({digest_of("a"): [("", "a" * 5000)], digest_of("b"): [("", "aaab\n")]})
    result = search.find(Sought(r"(a+a+)+b", is_pattern=True))
    assert "takes too long" in (result.problem or "")
    assert len(result.texts) == 1  # what was found before stays


@given(st.from_regex(r"[a-z(){}\[\]?*+.^$|\\0-9,d]{0,12}", fullmatch=True), LETTERS)
@settings(max_examples=300, deadline=None)
def test_what_the_index_is_asked_for_is_in_whatever_matches(pattern, text):
    try:
        compiled = regex.compile(pattern, regex.MULTILINE)
    except (regex.error, ValueError, OverflowError):
        return
    for sample in (text, pattern, pattern.replace("\\", ""), "aaa bbb abc"):
        try:
            match = compiled.search(sample, timeout=0.05)
        except TimeoutError:
            return
        if match:
            assert all(literal in match[0] for literal in required_literals(pattern))


@pytest.mark.parametrize(
    "words", ["a{100000}", "((a{99}){99}){99}", "[}]{99999999}", "(?:ab){999999999999999999999}", "(a{9}){99999,}"]
)
def test_a_pattern_that_would_fill_the_memory_is_refused(search, words):
    with pytest.raises(BadPattern, match="repeats too much"):
        search.find(Sought(words, is_pattern=True))


def test_a_pattern_that_repeats_a_little_is_not(found):
    uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    assert found(f"{uuid}.*{uuid}", "0" * 8 + "-0000" * 3 + "-" + "0" * 12, is_pattern=True) == {}
    assert found(uuid, is_pattern=True) == {0: [1]}


@pytest.mark.parametrize("how", [{}, {"is_pattern": True}])
def test_a_line_without_end_that_matches_everywhere_hides_no_other(search, how):
    search.add({digest_of("a"): [("", "a" * 1_000_000 + "\nb\nba")]})
    (text,) = search.find(Sought("a", **how)).texts
    assert [line.number for line in text.lines] == [1, 3]


def test_literals_of_a_pattern():
    assert required_literals(r"import\s+http from 'k6(/http)?'") == ["import", "http from 'k6"]
    assert required_literals(r"colou?rs") == ["colo"]
    assert required_literals(r"[abc]def\.js$") == ["def.js"]
    assert required_literals(r"one|two") == []


def test_folding_is_coarser_than_what_patterns_take_for_the_same_letter():
    """Else the index would hide texts from patterns without case."""
    every = "".join(map(chr, range(1, sys.maxunicode + 1)))
    for letter in "abcdefghijklmnopqrstuvwxyz":
        same = set(regex.findall(letter, every, regex.IGNORECASE))
        assert {folded(one) for one in same} == {letter}


def test_folding_keeps_every_letter_in_its_place():
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    assert len(folded(every)) == len(every)
    assert "".join(map(folded, every)) == folded(every)
