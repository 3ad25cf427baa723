// MetricsText: composes the Prometheus text exposition format 0.0.4. One HELP and TYPE per family, samples together.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace signet {

struct MetricsLabel {
  std::string_view name;
  std::string_view value;  // backslash, quote and newline are escaped
};

// Owns what was composed. Thread rule: one at a time; allocates.
class MetricsText {
 public:
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";
  using Labels = std::initializer_list<MetricsLabel>;

  // Starts a family; `type` is "counter", "gauge" or "histogram". The name stays in use for its samples.
  void family(std::string_view name, std::string_view type, std::string_view help);
  // One sample of the family; `suffix` is "_bucket", "_sum", "_count" of a histogram.
  void sample(Labels labels, uint64_t value, std::string_view suffix = {});
  void sample(Labels labels, double value, std::string_view suffix = {});
  // A family of one sample without labels.
  void counter(std::string_view name, std::string_view help, uint64_t value);
  void gauge(std::string_view name, std::string_view help, double value);

  std::string take() { return std::move(text_); }

 private:
  void series(Labels labels, std::string_view suffix);

  std::string name_;
  std::string text_;
};

}  // namespace signet
