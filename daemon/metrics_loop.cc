// Metrics of the HTTP layer, summed over the workers' loops.
#include <fmt/format.h>

#include <array>

#include "daemon/metrics_render.h"

namespace signet {
namespace {

using Loops = std::span<const http::LoopCounters* const>;

constexpr std::array<std::string_view, static_cast<size_t>(http::Deadline::kCount)> kDeadlineNames{
    "idle", "head", "body", "write", "linger", "drain"};

template <typename Select>
uint64_t sum(Loops loops, Select select) {
  uint64_t total = 0;
  for (const http::LoopCounters* loop : loops) total += select(*loop).read();
  return total;
}

void append_connections(Loops loops, MetricsText& text) {
  using C = http::LoopCounters;
  text.gauge("signet_http_connections", "Open connections.",
             static_cast<double>(sum(loops, [](const C& c) -> auto& { return c.connections_open; })));
  text.gauge("signet_http_requests_in_flight", "Requests read and not answered yet.",
             static_cast<double>(sum(loops, [](const C& c) -> auto& { return c.in_flight; })));
  text.counter("signet_http_connections_accepted_total", "Connections accepted.",
               sum(loops, [](const C& c) -> auto& { return c.connections_accepted; }));
  text.family("signet_http_connections_refused_total", "counter", "Newcomers closed at once, by reason.");
  text.sample({{"reason", "address"}}, sum(loops, [](const C& c) -> auto& { return c.refused_address; }));
  text.sample({{"reason", "descriptors"}}, sum(loops, [](const C& c) -> auto& { return c.refused_descriptors; }));
  text.counter("signet_http_accept_pauses_total", "Times that accepting paused at the limit of connections.",
               sum(loops, [](const C& c) -> auto& { return c.accept_pauses; }));
}

}  // namespace

void append_loop_metrics(Loops loops, MetricsText& text) {
  using C = http::LoopCounters;
  append_connections(loops, text);
  text.family("signet_http_deadlines_total", "counter", "Connections cut by a deadline.");
  for (size_t i = 0; i < kDeadlineNames.size(); ++i) {
    text.sample({{"deadline", kDeadlineNames[i]}}, sum(loops, [i](const C& c) -> auto& { return c.deadlines[i]; }));
  }
  text.family("signet_http_refusals_total", "counter", "Answers of the HTTP layer itself, by status.");
  for (size_t i = 0; i < http::kRefusalStatuses.size(); ++i) {
    text.sample({{"code", fmt::format("{}", http::kRefusalStatuses[i])}},
                sum(loops, [i](const C& c) -> auto& { return c.refusals[i]; }));
  }
  text.counter("signet_http_received_bytes_total", "Octets read from peers.",
               sum(loops, [](const C& c) -> auto& { return c.octets_in; }));
  text.counter("signet_http_sent_bytes_total", "Octets written to peers.",
               sum(loops, [](const C& c) -> auto& { return c.octets_out; }));
}

}  // namespace signet
