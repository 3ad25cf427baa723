#include "tools/ctl/import/record_source.h"

namespace signet::ctl {
namespace {

bool starts_with_brace(LineReader& lines) {
  bool brace = false;
  while (true) {
    const auto line = lines.next();
    if (!line || !*line) break;
    const size_t first = (*line)->find_first_not_of(" \t\r");
    if (first == std::string_view::npos) continue;
    brace = (**line)[first] == '{';
    break;
  }
  lines.rewind();
  return brace;
}

}  // namespace

std::unique_ptr<RecordSource> record_source(const std::string& path, LineReader& lines) {
  if (path.ends_with(".csv")) return csv_source(lines);
  const bool named_json = path.ends_with(".json") || path.ends_with(".jsonl") || path.ends_with(".ndjson");
  return named_json || starts_with_brace(lines) ? json_lines_source(lines) : csv_source(lines);
}

}  // namespace signet::ctl
