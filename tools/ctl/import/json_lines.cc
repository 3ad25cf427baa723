// JSON lines: one object per line; blank lines are skipped.
#include "protocol/json/reader.h"
#include "tools/ctl/import/record_source.h"

namespace signet::ctl {
namespace {

constexpr unsigned kDepthMax = 3;  // an object with arrays of strings; one more tells what is wrong by its name

class JsonLinesSource final : public RecordSource {
 public:
  explicit JsonLinesSource(LineReader& lines) : lines_(lines) {}

  std::expected<bool, ImportFault> next(ImportClient& to) override {
    while (true) {
      const auto line = lines_.next();
      if (!line) return std::unexpected(line.error());
      if (!*line) return false;
      if ((*line)->find_first_not_of(" \t") == std::string_view::npos) continue;
      to.clear();
      to.line = lines_.line();
      std::string fault = read(**line, to);
      if (!fault.empty()) return std::unexpected(ImportFault{lines_.line(), std::move(fault)});
      return true;
    }
  }

  void rewind() override { lines_.rewind(); }

 private:
  static std::string read(std::string_view line, ImportClient& to) {
    JsonReadOptions options;
    options.size_max = kImportLineSizeMax;
    options.depth_max = kDepthMax;
    const auto value = read_json(line, options);
    if (!value) return "expected one JSON object: " + describe(value.error());
    const JsonValue::Object* object = value->as_object();
    if (object == nullptr) return "expected one JSON object per line";
    for (const JsonMember& member : *object) {
      const auto field = import_field(member.name);
      if (!field) return unknown_field_text(member.name);
      if (std::string fault = set_from_json(to, *field, member.value); !fault.empty()) return fault;
    }
    return std::string(record_fault(to));
  }

  LineReader& lines_;
};

}  // namespace

std::unique_ptr<RecordSource> json_lines_source(LineReader& lines) { return std::make_unique<JsonLinesSource>(lines); }

}  // namespace signet::ctl
