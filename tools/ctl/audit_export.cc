// signetctl audit export: the front of the audit log into a file that proves itself.
#include <fmt/format.h>

#include <filesystem>

#include "tools/ctl/audit_export_file.h"
#include "tools/ctl/audit_until.h"
#include "tools/ctl/commands.h"
#include "tools/ctl/import/progress.h"

namespace signet::ctl {
namespace {

std::expected<AuditExportEnd, Failure> write_export(Call& call, const std::string& path, uint64_t last) {
  auto page = fetch_audit_page(call, 0, "&limit=1");
  if (!page) return std::unexpected(page.error());
  uint64_t after = page->base;
  auto file = AuditExportFile::create(path, after, text_of(page->body, "base_hash"));
  if (!file) return std::unexpected(file.error());
  Progress progress(call.streams().err, last - after);
  while (file->last() < last) {
    page = fetch_audit_page(call, after, "");
    if (!page) return std::unexpected(page.error());
    if (page->base > after) return std::unexpected(Failure{"records were pruned meanwhile: begin again"});
    if (!page->fault.empty()) return std::unexpected(Failure{"audit " + page->fault + "; see signetctl audit verify"});
    if (page->checked_to <= after) return std::unexpected(Failure{"the daemon's answer does not go on"});
    for (const JsonValue& record : *page->records) {
      if (number_of(record, "sequence") > last) break;
      if (auto added = file->add(record); !added) return std::unexpected(added.error());
    }
    after = page->checked_to;
    progress.update(file->last());
  }
  return file->finish();
}

std::string note_body(const std::string& path, const AuditExportEnd& end) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  return compose_json([&](JsonWriter& to) {
    to.begin_object();
    to.key("last"), to.unsigned_integer(end.last);
    to.member("hash", end.hash);
    to.member("file", error ? path : absolute.string());
    to.member("chain", end.chain);
    to.end_object();
  });
}

}  // namespace

Outcome audit_export(Call& call) {
  Arguments arguments = call.new_arguments();
  AuditUntil until;
  std::optional<std::string> out;
  until.bind(arguments);
  arguments.option("--out", "FILE", out, "The file to make; it must not be there yet");
  if (auto stop = call.parse(arguments)) return std::unexpected(*stop);
  const auto instant = until.instant();
  if (!instant) return std::unexpected(instant.error());
  if (!out) return std::unexpected(usage_failure("--out: name the file to make"));
  const auto last = last_audit_record_before(call, *instant);
  if (!last) return std::unexpected(last.error());
  if (*last == 0) return std::unexpected(Failure{"there are no audit records from before then: nothing was exported"});
  auto written = write_export(call, *out, *last);
  if (!written) return std::unexpected(written.error());
  // What is on the disk counts, not what was meant to be.
  const auto read = read_audit_export(*out, {});
  if (!read) return std::unexpected(read.error());
  if (read->last != written->last || read->chain != written->chain) {
    return std::unexpected(Failure{*out + ": what was read back is not what was written"});
  }
  const auto noted = call.admin().call("POST", "/v1/audit/exports", note_body(*out, *read));
  if (!noted) return std::unexpected(noted.error());
  if (call.json()) {
    call.print_json(compose_json([&](JsonWriter& to) {
      to.begin_object();
      to.key("first"), to.unsigned_integer(read->first);
      to.key("last"), to.unsigned_integer(read->last);
      to.member("hash", read->hash);
      to.member("chain", read->chain);
      to.end_object();
    }));
  } else {
    call.note(fmt::format("records {} to {} are in {}; the hash of its last line is {}", read->first, read->last, *out,
                          read->chain));
  }
  return {};
}

}  // namespace signet::ctl
