#include "daemon/log_line.h"

#include <fmt/format.h>

#include <ctime>
#include <iterator>

#include "protocol/base/utf8.h"

namespace signet {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

void append_ascii(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  } else {
    out += c;
  }
}

// C1 controls (U+0080-U+009F): terminals take some as escape sequences.
bool is_c1(std::string_view sequence) {
  return sequence.size() == 2 && sequence[0] == '\xC2' && static_cast<unsigned char>(sequence[1]) < 0xA0;
}

void append_time(UnixMs time_ms, std::string& out) {
  time_t seconds = static_cast<time_t>(time_ms / 1000);
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", tm.tm_year + 1900,
                 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, time_ms % 1000);
}

}  // namespace

void append_json_text(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    unsigned size = utf8_sequence_size(text);
    std::string_view sequence = text.substr(0, size == 0 ? 1 : size);
    if (size == 1) {
      append_ascii(text[0], out);
    } else {
      out += size == 0 || is_c1(sequence) ? kReplacement : sequence;
    }
    text.remove_prefix(sequence.size());
  }
  out += '"';
}

void append_log_line(const LogEvent& event, std::string& out) {
  std::string_view rest(event.text.data(), event.size);
  out += "{\"time\":\"";
  append_time(event.time_ms, out);
  out += "\",\"level\":\"";
  out += log_level_name(event.level);
  out += "\",\"event\":";
  append_json_text(LogEvent::take(rest), out);
  while (!rest.empty()) {
    out += ',';
    append_json_text(LogEvent::take(rest), out);
    out += ':';
    append_json_text(LogEvent::take(rest), out);
  }
  if (event.cut != 0) out += ",\"cut\":true";
  out += "}\n";
}

}  // namespace signet
