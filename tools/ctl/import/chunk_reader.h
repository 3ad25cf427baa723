// ChunkReader: groups the clients of a file into the chunks that are committed whole. Borders depend on the file and
// the chunk size alone, so a resumed import finds the same ones.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "tools/ctl/import/record_source.h"

namespace signet::ctl {

// The body of a chunk on the admin socket, and what is left for its frame.
inline constexpr size_t kChunkBodySizeMax = 8 * 1024 * 1024;
inline constexpr size_t kChunkFrameSizeMax = 1024;
// Each takes the daemon some 200 ms to hash: two chunks on their way are answered within half a minute.
inline constexpr size_t kChunkPasswordsMax = 64;

// Not thread-safe.
class ChunkReader {
 public:
  // `records` is borrowed; `clients_max` > 0.
  ChunkReader(RecordSource& records, size_t clients_max);

  // next reads the next chunk; an empty span at the end. Valid until the next call. A fault: a bad line, or a client
  // that stands in its chunk twice; the next call goes on behind it (for looking for more faults).
  std::expected<std::span<const ImportClient>, ImportFault> next();
  void rewind();

 private:
  std::expected<void, ImportFault> check_unique(const ImportClient& client);
  RecordSource& records_;
  size_t clients_max_;
  std::vector<ImportClient> clients_;  // clients_[count_] may hold the one that did not fit any more
  size_t count_ = 0;
  bool left_over_ = false;
  std::unordered_map<std::string, uint64_t> lines_;  // by tenant and id, of this chunk
};

}  // namespace signet::ctl
