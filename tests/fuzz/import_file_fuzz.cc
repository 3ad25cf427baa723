// Import files of both formats. A client that was read must be small enough for its estimate, and what is written of it
// must be JSON that the daemon takes.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/check.h"
#include "protocol/json/reader.h"
#include "tools/ctl/import/chunk_reader.h"

namespace {
using namespace signet;
using namespace signet::ctl;

void read_all(LineReader& lines, RecordSource& records) {
  ChunkReader chunks(records, 4);
  std::string buffer(kChunkBodySizeMax, '\0');
  while (true) {
    const auto chunk = chunks.next();
    if (!chunk) continue;  // reading goes on behind a bad line, and must end
    if (chunk->empty()) break;
    for (const ImportClient& client : *chunk) {
      JsonWriter writer(buffer);
      write_import_client(writer, client, client.client_secret);
      SIGNET_CHECK(!writer.overflowed() && writer.size() <= wire_size_max(client));
      SIGNET_CHECK(read_json(writer.text(), {.size_max = kChunkBodySizeMax, .depth_max = 16}).has_value());
    }
  }
  lines.rewind();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const int file = memfd_create("import", MFD_CLOEXEC);
  SIGNET_CHECK(file >= 0);
  SIGNET_CHECK(write(file, data, size) == static_cast<ssize_t>(size));
  auto lines = LineReader::open("/proc/self/fd/" + std::to_string(file));
  close(file);
  SIGNET_CHECK(lines.has_value());
  read_all(*lines, *json_lines_source(*lines));
  read_all(*lines, *csv_source(*lines));
  return 0;
}
