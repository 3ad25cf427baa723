// Structured log off the request path: producers put fixed-size events into a ring of their own (one producer each, no
// lock, no allocation, no system call); one thread formats JSON lines to stderr. A full ring counts what it drops.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace signet {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarning, kError };

struct LogField {
  std::string_view name;
  std::string_view value;  // JSON-encoded when written, so that no value can forge a line; truncated at 200 octets
};

// log_event queues one line {"time","level","event",fields...}. Never a secret, token, body, query or Authorization
// value. Any thread (each has its own ring, made at its first call). Events over 1 KiB are cut.
void log_event(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

// Start and stop of the writing thread; before `log_start` events wait in their rings. `log_stop` writes what is
// queued.
void log_start(LogLevel minimum);
void log_stop();
void log_set_level(LogLevel minimum);

}  // namespace signet
