// Table: aligned columns for people. Cells are escaped when added, so that no data reaches the terminal raw.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace signet::ctl {

enum class Align : unsigned char { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
};

// Not thread-safe.
class Table {
 public:
  explicit Table(std::vector<Column> columns);

  // Adds a row; missing cells are empty, surplus ones are a bug. An empty cell is shown as "-".
  void add_row(const std::vector<std::string>& cells);
  bool empty() const { return rows_.empty(); }

  // Renders the rows added since the last call, after the titles when `with_titles`, and forgets them but not the
  // widths: long lists are shown page by page.
  std::string render(bool with_titles = true);

 private:
  void append_line(std::string& to, const std::vector<std::string>& cells) const;
  std::vector<Column> columns_;
  std::vector<size_t> widths_;
  std::vector<std::vector<std::string>> rows_;
};

// NamedValues: two columns without titles, one name and value per line. An empty value is shown as "-".
class NamedValues {
 public:
  void add(std::string_view name, std::string_view value);
  std::string render() const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

}  // namespace signet::ctl
