// Tables, escaping, times, guesses: everything that only makes text.
#include <gtest/gtest.h>

#include "tools/ctl/import/progress.h"
#include "tools/ctl/table.h"
#include "tools/ctl/terminal_text.h"
#include "tools/ctl/time_text.h"

namespace signet::ctl {
namespace {

TEST(EscapeForTerminal, ShowsControlCharactersInsteadOfSendingThem) {
  EXPECT_EQ(escape_for_terminal("a\x1b[31mb\nc\td\re\x7f"), "a\\x1b[31mb\\nc\\td\\re\\x7f");
  EXPECT_EQ(escape_for_terminal(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(escape_for_terminal("\xC2\x9B"
                                "31m"),
            "\\u{009b}31m");  // C1: CSI in one character
}

TEST(EscapeForTerminal, ShowsWhatTurnsTheDirectionOfWriting) {
  EXPECT_EQ(escape_for_terminal("a\xE2\x80\xAE"
                                "b"),
            "a\\u{202e}b");  // CVE-2021-42574
  EXPECT_EQ(escape_for_terminal("\xE2\x81\xA6"), "\\u{2066}");
}

TEST(EscapeForTerminal, ShowsOctetsThatAreNotUtf8) {
  EXPECT_EQ(escape_for_terminal("\xFF"
                                "a\xC3"),
            "\\xffa\\xc3");
  EXPECT_EQ(escape_for_terminal("\xED\xA0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(escape_for_terminal("\xC0\xAF"), "\\xc0\\xaf");           // overlong
}

TEST(EscapeForTerminal, LeavesTextAlone) { EXPECT_EQ(escape_for_terminal("Größe \\ 日本"), "Größe \\ 日本"); }

TEST(EscapeLines, KeepsLineFeedsOnly) { EXPECT_EQ(escape_lines("a\nb\x07\n"), "a\nb\\x07\n"); }

TEST(DisplayWidth, CountsColumnsNotOctets) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("Größe"), 5u);
  EXPECT_EQ(display_width("日本"), 4u);
  EXPECT_EQ(display_width("e\xCC\x81"), 1u);  // combining acute accent
}

TEST(Table, AlignsColumnsOfWideAndNarrowText) {
  Table table({{"NAME"}, {"N", Align::kRight}, {"LAST"}});
  table.add_row({"日本", "1", "x"});
  table.add_row({"a", "100", ""});
  EXPECT_EQ(table.render(),
            "NAME    N  LAST\n"
            "日本    1  x\n"
            "a     100  -\n");
}

TEST(Table, EscapesItsCells) {
  Table table({{"A"}});
  table.add_row({"x\ny\x1b"});
  EXPECT_EQ(table.render(false), "x\\ny\\x1b\n");
}

TEST(Table, KeepsWidthsOverPages) {
  Table table({{"A"}, {"B"}});
  table.add_row({"long-name", "1"});
  table.render();
  table.add_row({"s", "2"});
  EXPECT_EQ(table.render(false), "s          2\n");
}

TEST(NamedValues, AlignsValuesAndMarksEmptyOnes) {
  NamedValues lines;
  lines.add("a", "1");
  lines.add("long name", "");
  EXPECT_EQ(lines.render(), "a          1\nlong name  -\n");
}

TEST(RelativeTime, RoundsDownToOneUnit) {
  EXPECT_EQ(relative_time(100, 100), "now");
  EXPECT_EQ(relative_time(1000, 100), "in 15 min");
  EXPECT_EQ(relative_time(100, 190), "90 s ago");
  EXPECT_EQ(relative_time(0, 3 * 86400 + 5), "3 d ago");
}

TEST(RelativeTime, SurvivesTheEndsOfTheRange) {
  EXPECT_EQ(relative_time(INT64_MAX, INT64_MIN).substr(0, 3), "in ");
  EXPECT_EQ(relative_time(INT64_MIN, INT64_MAX).substr(0, 1), "2");
}

TEST(ParseRfc3339, TakesWhatTheStandardHas) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:01Z"), 1000);
  EXPECT_EQ(parse_rfc3339("2030-01-31T12:00:00Z"), 1896091200000);
  EXPECT_EQ(parse_rfc3339("2030-01-31t12:00:00z"), 1896091200000);
  EXPECT_EQ(parse_rfc3339("2030-01-31T13:30:00+01:30"), 1896091200000);
  EXPECT_EQ(parse_rfc3339("2030-01-31T11:00:00-01:00"), 1896091200000);
  EXPECT_EQ(parse_rfc3339("2030-01-31T12:00:00.5Z"), 1896091200500);
  EXPECT_EQ(parse_rfc3339("2030-01-31T12:00:00.1239999Z"), 1896091200123);
  EXPECT_EQ(parse_rfc3339("2028-02-29T00:00:00Z"), 1835395200000);
}

TEST(ParseRfc3339, RefusesEverythingElse) {
  for (const char* text : {"",
                           "now",
                           "1896091200",
                           "2030-01-31",
                           "2030-01-31T12:00Z",
                           "2030-01-31T12:00:00",
                           "2030-01-31T12:00:00.Z",
                           "2030-01-31T12:00:00Zx",
                           "2030-02-30T12:00:00Z",
                           "2030-13-01T00:00:00Z",
                           "2030-00-01T00:00:00Z",
                           "2030-01-31T24:00:00Z",
                           "2030-01-31T12:60:00Z",
                           "2030-01-31T12:00:60Z",
                           "2030-01-31T12:00:00+1:00",
                           "2030-01-31T12:00:00+24:00",
                           "2030-01-31T12:00:00+01",
                           "2030-01-31T12:00:00+01:60",
                           "-030-01-31T12:00:00Z",
                           "2030--1-31T12:00:00Z",
                           " 2030-01-31T12:00:00Z",
                           "2030-01-31T12:00:00Z ",
                           "1969-12-31T23:59:59Z",
                           "1970-01-01T00:00:00Z",
                           "12030-01-31T12:00:00Z",
                           "2027-02-29T00:00:00Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(DurationText, NamesTwoUnitsAtMost) {
  EXPECT_EQ(duration_text(90), "90 s");
  EXPECT_EQ(duration_text(900), "15 min");
  EXPECT_EQ(duration_text(7500), "2 h 5 min");
  EXPECT_EQ(duration_text(100000), "1 d 3 h");
}

TEST(ProgressLine, ShowsShareRateAndTimeLeft) {
  EXPECT_EQ(progress_line(500000, 1000000, 5.0),
            "[============            ]  50%  500,000 of 1,000,000  100,000/s  5 s left");
  EXPECT_EQ(progress_line(0, 10, 0), "[                        ]   0%  0 of 10");
  EXPECT_EQ(progress_line(0, 0, 1), "[========================] 100%  0 of 0");
}

}  // namespace
}  // namespace signet::ctl
