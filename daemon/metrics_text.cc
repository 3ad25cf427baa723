#include "daemon/metrics_text.h"

#include <fmt/format.h>

#include <iterator>

namespace signet {
namespace {

void append_label_value(std::string_view value, std::string& out) {
  for (char c : value) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '"':
        out += "\\\"";
        break;
      case '\n':
        out += "\\n";
        break;
      default:
        out += c;
    }
  }
}

}  // namespace

void MetricsText::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  fmt::format_to(std::back_inserter(text_), "# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

void MetricsText::series(Labels labels, std::string_view suffix) {
  text_ += name_;
  text_ += suffix;
  char separator = '{';
  for (const MetricsLabel& label : labels) {
    text_ += separator;
    text_ += label.name;
    text_ += "=\"";
    append_label_value(label.value, text_);
    text_ += '"';
    separator = ',';
  }
  text_ += labels.size() == 0 ? " " : "} ";
}

void MetricsText::sample(Labels labels, uint64_t value, std::string_view suffix) {
  series(labels, suffix);
  fmt::format_to(std::back_inserter(text_), "{}\n", value);
}

void MetricsText::sample(Labels labels, double value, std::string_view suffix) {
  series(labels, suffix);
  fmt::format_to(std::back_inserter(text_), "{}\n", value);
}

void MetricsText::counter(std::string_view name, std::string_view help, uint64_t value) {
  family(name, "counter", help);
  sample({}, value);
}

void MetricsText::gauge(std::string_view name, std::string_view help, double value) {
  family(name, "gauge", help);
  sample({}, value);
}

}  // namespace signet
