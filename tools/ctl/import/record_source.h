// RecordSource: the clients of an import file one after the other, whatever its format.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "tools/ctl/import/import_client.h"
#include "tools/ctl/import/line_reader.h"

namespace signet::ctl {

class RecordSource {
 public:
  virtual ~RecordSource() = default;
  // next reads one client into `to`; false at the end of the file. After a fault the next call goes on behind it.
  virtual std::expected<bool, ImportFault> next(ImportClient& to) = 0;
  // Starts again at the first record.
  virtual void rewind() = 0;
};

// The two formats. `lines` is borrowed.
std::unique_ptr<RecordSource> json_lines_source(LineReader& lines);
std::unique_ptr<RecordSource> csv_source(LineReader& lines);

// record_source chooses by the extension of `path` (.csv; .json, .jsonl, .ndjson), else by the first octet of the file:
// a brace begins JSON lines. `lines` is borrowed and rewound.
std::unique_ptr<RecordSource> record_source(const std::string& path, LineReader& lines);

}  // namespace signet::ctl
