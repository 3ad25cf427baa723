// ImportRun: takes an import file to the daemon, chunk by chunk: survey (hash and check everything), then transfer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/ctl/admin_client.h"
#include "tools/ctl/failure.h"
#include "tools/ctl/import/chunk_reader.h"
#include "tools/ctl/import/secrets_file.h"

namespace signet::ctl {

struct ImportOptions {
  std::string file;
  std::string on_conflict = "fail";  // fail, skip or update
  size_t chunk_clients = 5000;
  bool with_secrets = false;  // missing secrets are generated
};

// What the first pass over the file found.
struct ImportSurvey {
  std::string import_id;  // SHA-256 over content and options, 64 hex digits
  uint64_t clients = 0;
  uint64_t chunks = 0;
  std::vector<ImportFault> faults;  // the first ones; nothing is sent when there are any
  bool more_faults = false;
};
inline constexpr size_t kFaultsShownMax = 20;

// survey_import reads the whole of `lines` once and leaves it rewound.
ImportSurvey survey_import(const ImportOptions& options, LineReader& lines, ChunkReader& chunks);

struct ImportResult {
  uint64_t added = 0;
  uint64_t updated = 0;
  uint64_t skipped = 0;    // existed, left as they are
  uint64_t repeated = 0;   // committed by an earlier run
  uint64_t generated = 0;  // secrets generated or taken from the file in this run
  uint64_t without_secret = 0;
};

struct ImportEnds {
  AdminClient& sender;                                // used by the sending thread while transfer_import runs
  AdminClient& asker;                                 // a second connection, for looking up what exists
  SecretsFile* secrets = nullptr;                     // null without --secrets-out
  std::function<void(uint64_t clients)> on_progress;  // on the calling thread
};

// transfer_import sends what the daemon has not got yet. One thread prepares a chunk (reads, generates, syncs its
// secrets, writes its JSON) while another one waits for the daemon to commit the chunk before. On Failure the chunks
// before the one named are committed and `result` counts them; a second run with the same file goes on.
std::expected<void, Failure> transfer_import(const ImportOptions& options, const ImportSurvey& survey,
                                             LineReader& lines, ChunkReader& chunks, const ImportEnds& ends,
                                             ImportResult& result);

}  // namespace signet::ctl
