// signetctl status: the daemon and the health of its durable store.
#include <fmt/format.h>

#include "protocol/base/time_text.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/json_text.h"
#include "tools/ctl/table.h"
#include "tools/ctl/time_text.h"

namespace signet::ctl {
namespace {

const JsonValue& member_or_null(const JsonValue& object, std::string_view name) {
  static const JsonValue kNull;
  const JsonValue* member = object.find(name);
  return member == nullptr ? kNull : *member;
}

std::string milliseconds(const JsonValue& object, std::string_view name) {
  const auto number = member_or_null(object, name).as_number();
  return number ? fmt::format("{:.2f} ms", *number) : "";
}

std::string bytes_text(const JsonValue& object, std::string_view name) {
  const auto count = member_or_null(object, name).as_integer();
  if (!count) return "";
  if (*count < 1024 * 1024) return fmt::format("{:.1f} KiB", static_cast<double>(*count) / 1024);
  return fmt::format("{:.1f} MiB", static_cast<double>(*count) / (1024 * 1024));
}

std::string ready_text(const JsonValue& status) {
  const std::string ready = text_of(status, "ready");
  const std::string reasons = joined(status, "not_ready_reasons");
  return reasons.empty() ? ready : fmt::format("{}: {}", ready, reasons);
}

void add_daemon(NamedValues& lines, const JsonValue& status) {
  lines.add("version", text_of(status, "version"));
  lines.add("pid", text_of(status, "pid"));
  lines.add("up", duration_text(member_or_null(status, "uptime_s").as_integer().value_or(0)));
  lines.add("ready", ready_text(status));
  lines.add("workers", text_of(status, "workers"));
  lines.add("signer", text_of(status, "signer") + " (" + text_of(status, "signer_reason") + ")");
  lines.add("tenants", text_of(status, "tenants"));
  lines.add("keys", text_of(status, "keys"));
  lines.add("clients", text_of(status, "clients"));
  lines.add("clients resident", bytes_text(status, "clients_resident_bytes"));
  const JsonValue& revocations = member_or_null(status, "revocations");
  lines.add("revoked", text_of(revocations, "live"));
  lines.add("revocation criteria", text_of(revocations, "criteria"));
  lines.add("revocation index", bytes_text(revocations, "bytes"));
  if (text_of(status, "api_tokens_suspended") == "yes") {
    lines.add("API tokens", "suspended since a restore: look them through, then `signetctl backup accept`");
  }
  const JsonValue& vault = member_or_null(status, "vault");
  lines.add("vault sealed", text_of(vault, "sealed"));
  lines.add("vault id", text_of(vault, "id"));
}

void add_store(NamedValues& lines, const JsonValue& store) {
  lines.add("store path", text_of(store, "path"));
  lines.add("store writable", text_of(store, "writable"));
  lines.add("clock jumped",
            text_of(store, "clock_jumped") == "yes" ? "yes: check the clock, then `signetctl clock accept`" : "no");
  lines.add("second mark", text_of(store, "anchored"));
  if (const auto restored = member_or_null(store, "restored_ms").as_integer()) {
    lines.add("restored at", rfc3339(*restored / 1000));
  }
  lines.add("commit", text_of(store, "commit"));
  lines.add("batches", text_of(store, "batches"));
  lines.add("operations", text_of(store, "operations"));
  lines.add("last batch size", text_of(store, "last_batch_size"));
  lines.add("queued", text_of(store, "queued"));
  lines.add("fdatasync median", milliseconds(store, "sync_ms_median"));
  lines.add("fdatasync max", milliseconds(store, "sync_ms_max"));
}

}  // namespace

Outcome daemon_status(Call& call) {
  Arguments arguments = call.new_arguments();
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto answer = call.admin().call("GET", "/v1/status");
  if (!answer) return std::unexpected(answer.error());
  const auto status = read_answer(answer->body);
  if (!status) return std::unexpected(status.error());
  if (call.json()) {
    call.print_json(compact_json(*status));
    return {};
  }
  NamedValues lines;
  add_daemon(lines, *status);
  add_store(lines, member_or_null(*status, "store"));
  call.print(lines.render());
  return {};
}

}  // namespace signet::ctl
