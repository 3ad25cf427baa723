// Structured log off the request path: producers put fixed-size events into a ring of their own (one producer each, no
// lock, no allocation, no system call); one thread formats JSON lines to stderr. A full ring counts what it drops.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace signet {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarning, kError };

inline constexpr size_t kLogValueSizeMax = 200;  // octets of one field's value

struct LogField {
  std::string_view name;
  std::string_view value;  // JSON-encoded when written, so that no value can forge a line; truncated at 200 octets
};

// log_event queues one line {"time","level","event",fields...}. Never a secret, token, body, query or Authorization
// value. Any thread (each has its own ring, made at its first call). Events over 1 KiB are cut.
void log_event(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

// log_start starts the writing thread; before it, events wait in their rings. `fd` is where lines go (stderr but in
// tests); not closed. Once at a time; any thread.
void log_start(LogLevel minimum, int fd = 2);
// log_stop writes what is queued, blocks until that is out and ends the writing thread. No-op when not started.
void log_stop();
// log_set_level: events below `minimum` are dropped at the producer from now on. Any thread.
void log_set_level(LogLevel minimum);
// log_dropped: events lost to full rings since the start. Any thread.
uint64_t log_dropped();

// "debug", "info", "warning", "error". Static storage.
std::string_view log_level_name(LogLevel level);

}  // namespace signet
