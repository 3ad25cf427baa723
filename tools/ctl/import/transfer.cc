#include <fmt/format.h>

#include <utility>

#include "protocol/base/check.h"
#include "protocol/base/secret_bytes.h"
#include "tools/ctl/client_options.h"
#include "tools/ctl/import/chunk_sender.h"
#include "tools/ctl/import/import_run.h"
#include "tools/ctl/import/secret_generator.h"
#include "tools/ctl/json_text.h"

namespace signet::ctl {
namespace {

// Prepares chunks: decides on each client's secret, makes the secrets durable, writes the body.
class ChunkPreparation {
 public:
  ChunkPreparation(const ImportOptions& options, const ImportEnds& ends, ChunkSender& sender, ImportResult& result)
      : options_(options), ends_(ends), sender_(sender), result_(result) {}

  std::expected<void, Failure> prepare(std::span<const ImportClient> clients, uint64_t number, PreparedChunk& to) {
    if (auto chosen = choose_secrets(clients); !chosen) return chosen;
    if (ends_.secrets != nullptr) {
      if (auto durable = ends_.secrets->commit(); !durable) return durable;
    }
    to.number = number;
    to.lines.clear();
    for (const ImportClient& client : clients) to.lines.push_back(client.line);
    to.buffer.resize(kChunkBodySizeMax);
    to.body_size = write_body(clients, to.buffer);
    return {};
  }

 private:
  std::expected<void, Failure> choose_secrets(std::span<const ImportClient> clients) {
    secrets_.resize(clients.size());
    for (size_t i = 0; i < clients.size(); ++i) {
      secrets_[i] = clients[i].client_secret;
      // Who logs in by a password needs no secret that nobody asked for.
      if (!secrets_[i].empty() || !clients[i].password.empty()) continue;
      if (ends_.secrets == nullptr) {
        ++result_.without_secret;
        continue;
      }
      // The daemon first: the file may be an old one, whose secrets have been taken out of use since.
      const auto wanted = wants_secret(clients[i]);
      if (!wanted) return std::unexpected(wanted.error());
      if (!*wanted) continue;
      if (auto found = ends_.secrets->find(clients[i])) {
        secrets_[i] = *std::move(found);
        ++result_.generated;
        continue;
      }
      const SecretGenerator::Secret secret = generator_.next();
      secrets_[i].assign(secret.data(), secret.size());
      ends_.secrets->add(clients[i], secrets_[i]);
      ++result_.generated;
    }
    return {};
  }

  // With `fail` every client is new. With `skip` and `update` one that exists keeps the secret it has: another one, be
  // it generated or of the file, would be held but never work, or take the place of one in use.
  std::expected<bool, Failure> wants_secret(const ImportClient& client) {
    if (options_.on_conflict == "fail") return true;
    if (!sender_.wait_idle()) return false;  // it may stand in the chunk before; the failure is told elsewhere
    const auto answer =
        ends_.asker.exchange("GET", target_of_client(client.client_id, std::string(client.tenant_name())), {});
    if (!answer) return std::unexpected(answer.error());
    if (answer->status == 404) return true;
    if (answer->status != 200) return std::unexpected(refusal(*answer));
    if (options_.on_conflict == "skip") return false;
    const auto found = read_answer(answer->body);
    if (!found) return std::unexpected(found.error());
    const JsonValue* secrets = found->find("secrets");
    return secrets == nullptr || secrets->as_array() == nullptr || secrets->as_array()->empty();
  }

  size_t write_body(std::span<const ImportClient> clients, std::span<char> buffer) {
    JsonWriter writer(buffer);
    writer.begin_object();
    writer.member("on_conflict", options_.on_conflict);
    writer.key("clients");
    writer.begin_array();
    for (size_t i = 0; i < clients.size(); ++i) {
      write_import_client(writer, clients[i], secrets_[i]);
      wipe_text(secrets_[i]);
    }
    writer.end_array();
    writer.end_object();
    SIGNET_CHECK(!writer.overflowed());  // ChunkReader counts with wire_size_max
    return writer.size();
  }

  const ImportOptions& options_;
  const ImportEnds& ends_;
  ChunkSender& sender_;
  ImportResult& result_;
  SecretGenerator generator_;
  std::vector<std::string> secrets_;
};

// The number of the first chunk that the daemon has not got.
std::expected<uint64_t, Failure> ask_next_chunk(AdminClient& admin, const std::string& import_id) {
  const auto answer = admin.call("GET", "/v1/imports/" + import_id);
  if (!answer) return std::unexpected(answer.error());
  const auto body = read_answer(answer->body);
  if (!body) return std::unexpected(body.error());
  const JsonValue* next = body->find("next_chunk");
  const auto number = next == nullptr ? std::nullopt : next->as_integer();
  if (!number || *number < 0) return std::unexpected(Failure{"the daemon's answer has no next_chunk"});
  return static_cast<uint64_t>(*number);
}

// A committed chunk is passed over; the secrets generated for it must be in the file, or nobody holds them.
std::expected<void, Failure> check_secrets_held(const ImportOptions& options, const SecretsFile* secrets,
                                                std::span<const ImportClient> clients) {
  if (secrets == nullptr || options.on_conflict != "fail") return {};
  for (const ImportClient& client : clients) {
    if (!client.client_secret.empty() || !client.password.empty() || secrets->find(client)) continue;
    return std::unexpected(Failure{
        fmt::format("client `{}` (line {}) was imported by an earlier run, but its secret is not in the file of "
                    "--secrets-out: name the file of that run; if it is lost, give the client a new secret with "
                    "`signetctl client rotate-secret` and import without --secrets-out",
                    client.client_id, client.line)});
  }
  return {};
}

// Progress says what was committed once, not what is still there. One look for each chunk that is passed over, so that
// the import of clients that were removed since does not look like a success that did nothing.
std::expected<void, Failure> check_still_there(const ImportOptions& options, AdminClient& asker,
                                               const ImportClient& first) {
  const auto answer = asker.exchange("GET", target_of_client(first.client_id, std::string(first.tenant_name())), {});
  if (!answer) return std::unexpected(answer.error());
  if (answer->status == 200) return {};
  if (answer->status != 404) return std::unexpected(refusal(*answer));
  return std::unexpected(Failure{fmt::format(
      "client `{}` (line {}) was imported by an earlier run and has been removed since. The daemon takes the "
      "same file with the same options once: to bring back what is missing, import it with --on-conflict "
      "skip{}",
      first.client_id, first.line, options.on_conflict == "skip" ? " and another --chunk than before" : "")});
}

Failure file_changed(const ImportOptions& options) {
  return {options.file +
          ": changed while it was imported; the chunks before are in. Run again with the changed file "
          "and --on-conflict skip or update"};
}

}  // namespace

std::expected<void, Failure> transfer_import(const ImportOptions& options, const ImportSurvey& survey,
                                             LineReader& lines, ChunkReader& chunks, const ImportEnds& ends,
                                             ImportResult& result) {
  const auto next_chunk = ask_next_chunk(ends.asker, survey.import_id);
  if (!next_chunk) return std::unexpected(next_chunk.error());
  ImportResult sent;  // the sending thread's until finish()
  ChunkSender sender(ends.sender, survey.import_id, sent);
  ChunkPreparation preparation(options, ends, sender, result);
  PreparedChunk prepared;
  std::optional<Failure> failure;
  for (uint64_t number = 0; number < survey.chunks && !failure; ++number) {
    const auto chunk = chunks.next();
    if (!chunk || chunk->empty() || !lines.unchanged()) {
      failure = file_changed(options);
    } else if (number < *next_chunk) {
      result.repeated += chunk->size();
      if (auto there = check_still_there(options, ends.asker, chunk->front()); !there) failure = there.error();
      if (auto held = check_secrets_held(options, ends.secrets, *chunk); !failure && !held) failure = held.error();
    } else {
      if (auto ready = preparation.prepare(*chunk, number, prepared); !ready) failure = ready.error();
      if (!failure && !sender.put(prepared)) break;
    }
    if (ends.on_progress) ends.on_progress(result.repeated + sender.committed());
  }
  const std::optional<Failure> sending_failure = sender.finish();
  result.added += sent.added;
  result.updated += sent.updated;
  result.skipped += sent.skipped;
  result.repeated += sent.repeated;
  if (sending_failure) return std::unexpected(*sending_failure);
  if (failure) return std::unexpected(*failure);
  return {};
}

}  // namespace signet::ctl
