#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "protocol/base/digest.h"
#include "tools/ctl/import/import_run.h"

namespace signet::ctl {
namespace {

// Hash over a stream with the one-shot function: a chain over the digests of the reader's blocks.
class ChainedHash {
 public:
  explicit ChainedHash(std::string_view start) : state_(sha256(as_bytes(start))) {}

  void add(std::string_view block) {
    std::array<uint8_t, 64> pair;
    const Sha256Digest digest = sha256(as_bytes(block));
    std::copy(state_.begin(), state_.end(), pair.begin());
    std::copy(digest.begin(), digest.end(), pair.begin() + 32);
    state_ = sha256(pair);
  }

  std::string hex() const {
    std::string text;
    for (const uint8_t octet : state_) fmt::format_to(std::back_inserter(text), "{:02x}", octet);
    return text;
  }

 private:
  Sha256Digest state_;
};

}  // namespace

ImportSurvey survey_import(const ImportOptions& options, LineReader& lines, ChunkReader& chunks) {
  ImportSurvey survey;
  ChainedHash hash(fmt::format("signet-import-1 on_conflict={} chunk={} secrets={}", options.on_conflict,
                               options.chunk_clients, options.with_secrets ? "generated" : "given"));
  lines.set_sink([&hash](std::string_view block) { hash.add(block); });
  while (true) {
    auto chunk = chunks.next();
    if (!chunk) {
      survey.more_faults = survey.faults.size() == kFaultsShownMax;
      if (survey.more_faults) break;
      survey.faults.push_back(std::move(chunk.error()));
      continue;
    }
    if (chunk->empty()) break;
    survey.clients += chunk->size();
    ++survey.chunks;
  }
  lines.set_sink(nullptr);
  chunks.rewind();
  survey.import_id = hash.hex();
  return survey;
}

}  // namespace signet::ctl
