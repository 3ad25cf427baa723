#include "tools/ctl/table.h"

#include <algorithm>
#include <utility>

#include "protocol/base/check.h"
#include "tools/ctl/terminal_text.h"

namespace signet::ctl {
namespace {

constexpr size_t kGap = 2;

std::string cell_text(std::string_view text) { return text.empty() ? "-" : escape_for_terminal(text); }

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {
  for (const Column& column : columns_) widths_.push_back(display_width(column.title));
}

void Table::add_row(const std::vector<std::string>& cells) {
  SIGNET_CHECK(cells.size() <= columns_.size());
  std::vector<std::string> row(columns_.size(), "-");
  for (size_t i = 0; i < cells.size(); ++i) row[i] = cell_text(cells[i]);
  for (size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], display_width(row[i]));
  rows_.push_back(std::move(row));
}

void Table::append_line(std::string& to, const std::vector<std::string>& cells) const {
  for (size_t i = 0; i < cells.size(); ++i) {
    const size_t padding = widths_[i] - display_width(cells[i]);
    if (columns_[i].align == Align::kRight) to.append(padding, ' ');
    to += cells[i];
    if (i + 1 == cells.size()) break;
    if (columns_[i].align == Align::kLeft) to.append(padding, ' ');
    to.append(kGap, ' ');
  }
  to += '\n';
}

std::string Table::render(bool with_titles) {
  std::string text;
  if (with_titles) {
    std::vector<std::string> titles;
    titles.reserve(columns_.size());
    for (const Column& column : columns_) titles.push_back(column.title);
    append_line(text, titles);
  }
  for (const std::vector<std::string>& row : rows_) append_line(text, row);
  rows_.clear();
  return text;
}

void NamedValues::add(std::string_view name, std::string_view value) {
  lines_.emplace_back(escape_for_terminal(name), cell_text(value));
}

std::string NamedValues::render() const {
  size_t width = 0;
  for (const auto& [name, value] : lines_) width = std::max(width, display_width(name));
  std::string text;
  for (const auto& [name, value] : lines_) {
    text += name;
    text.append(width - display_width(name) + kGap, ' ');
    text += value;
    text += '\n';
  }
  return text;
}

}  // namespace signet::ctl
