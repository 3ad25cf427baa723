// CSV (RFC 4180): a header line with the member names, then a record per client. Quoted cells may hold commas, quotes
// written twice and line ends.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "protocol/base/utf8.h"
#include "tools/ctl/import/record_source.h"

namespace signet::ctl {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // spreadsheets write it

// Splits one record into cells. A quoted cell may go on over lines, so it takes line after line.
class CsvRecord {
 public:
  void clear() {
    cells_.clear();
    size_ = 0;
    quoted_ = false;
  }
  const std::vector<std::string>& cells() const { return cells_; }
  // Whether a quoted cell is still open, so that the record goes on in the next line.
  bool open() const { return quoted_; }

  // Adds a line; gives "" or what was expected.
  std::string_view add(std::string_view line) {
    size_ += line.size() + 1;
    if (size_ > kImportLineSizeMax) return "expected a shorter record; is a quote not closed?";
    size_t at = 0;
    if (quoted_) {
      cells_.back() += '\n';
      if (const std::string_view fault = read_quoted(line, at); !fault.empty() || quoted_) return fault;
    } else {
      if (const std::string_view fault = read_cell(line, at); !fault.empty() || quoted_) return fault;
    }
    while (at < line.size()) {
      ++at;  // the comma
      if (const std::string_view fault = read_cell(line, at); !fault.empty() || quoted_) return fault;
    }
    return {};
  }

 private:
  // Reads the cell that starts at `at` and leaves `at` at the comma or the end.
  std::string_view read_cell(std::string_view line, size_t& at) {
    cells_.emplace_back();
    if (at < line.size() && line[at] == '"') return read_quoted(line, ++at);
    const size_t end = std::min(line.find(',', at), line.size());
    cells_.back() = line.substr(at, end - at);
    at = end;
    return cells_.back().find('"') == std::string::npos ? "" : "expected quotes around the whole cell, and twice in it";
  }

  std::string_view read_quoted(std::string_view line, size_t& at) {
    quoted_ = true;
    while (at < line.size()) {
      if (line[at] != '"') {
        cells_.back() += line[at++];
      } else if (at + 1 < line.size() && line[at + 1] == '"') {
        cells_.back() += '"';
        at += 2;
      } else {
        ++at;
        quoted_ = false;
        return at == line.size() || line[at] == ',' ? "" : "expected a comma after the closing quote";
      }
    }
    return {};
  }

  std::vector<std::string> cells_;
  size_t size_ = 0;
  bool quoted_ = false;
};

class CsvSource final : public RecordSource {
 public:
  explicit CsvSource(LineReader& lines) : lines_(lines) {}

  std::expected<bool, ImportFault> next(ImportClient& to) override {
    if (broken_header_) return false;  // told once: nothing after it makes sense
    if (columns_.empty()) {
      const auto header = read_header();
      if (!header || !*header) return header;
    }
    const auto read = read_record();
    if (!read || !*read) return read;
    to.clear();
    to.line = record_line_;
    if (std::string fault = fill(to); !fault.empty()) return std::unexpected(fault_here(std::move(fault)));
    return true;
  }

  void rewind() override {
    lines_.rewind();
    columns_.clear();
    broken_header_ = false;
  }

 private:
  ImportFault fault_here(std::string text) const { return {record_line_, std::move(text)}; }

  // Reads the cells of the next record that is not blank; false at the end.
  std::expected<bool, ImportFault> read_record() {
    record_.clear();
    while (true) {
      const auto line = lines_.next();
      if (!line) return std::unexpected(line.error());
      if (!*line && record_.open()) return std::unexpected(fault_here("expected a closing quote before the end"));
      if (!*line) return false;
      std::string_view text = **line;
      if (lines_.line() == 1 && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
      if (!record_.open()) {
        if (text.empty()) continue;
        record_line_ = lines_.line();
      }
      if (!valid_utf8(text) || text.find('\0') != std::string_view::npos) {
        return std::unexpected(fault_here("expected UTF-8 text"));
      }
      if (const std::string_view fault = record_.add(text); !fault.empty()) {
        return std::unexpected(fault_here(std::string(fault)));
      }
      if (!record_.open()) return true;
    }
  }

  std::expected<bool, ImportFault> read_header() {
    const auto read = read_record();
    if (read && !*read) return read;
    broken_header_ = true;
    if (!read) return read;
    for (const std::string& name : record_.cells()) {
      const auto field = import_field(name);
      if (!field) return std::unexpected(fault_here(unknown_field_text(name)));
      if (std::find(columns_.begin(), columns_.end(), *field) != columns_.end()) {
        return std::unexpected(fault_here(fmt::format("expected `{}` once in the header line", name)));
      }
      columns_.push_back(*field);
    }
    broken_header_ = false;
    return true;
  }

  std::string fill(ImportClient& to) const {
    if (record_.cells().size() != columns_.size()) {
      return fmt::format("expected {} cells as in the header line, found {}", columns_.size(), record_.cells().size());
    }
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (std::string fault = set_from_text(to, columns_[i], record_.cells()[i]); !fault.empty()) return fault;
    }
    return std::string(record_fault(to));
  }

  LineReader& lines_;
  std::vector<size_t> columns_;
  CsvRecord record_;
  uint64_t record_line_ = 0;
  bool broken_header_ = false;
};

}  // namespace

std::unique_ptr<RecordSource> csv_source(LineReader& lines) { return std::make_unique<CsvSource>(lines); }

}  // namespace signet::ctl
