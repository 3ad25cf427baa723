// Small files that must survive a crash whole: read with a bound, made once and durable at return.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <expected>
#include <filesystem>

#include "protocol/base/bytes.h"
#include "protocol/base/secret_bytes.h"

namespace signet {

enum class FileError : uint8_t { kMissing, kExists, kNotRegular, kTooLarge, kIo };

struct SmallFile {
  SecretBytes bytes;
  struct stat status{};  // of the open file, so that what was checked is what was read
};

// Whether a symbolic link in the file's place is followed, or kNotRegular.
enum class Links : uint8_t { kFollow, kRefuse };

// read_small_file reads a regular file of at most `size_max` octets. Blocks.
std::expected<SmallFile, FileError> read_small_file(const std::filesystem::path& path, size_t size_max,
                                                    Links links = Links::kFollow);

// create_durable_file makes `path` with mode 0600: `path`.tmp (O_EXCL; a leftover of a crash is removed first), fsync,
// rename that never replaces, fsync of the directory. kExists: `path` was there and is untouched. After a failure no
// part of the file is visible under `path`, except that kIo from the last fsync leaves it complete. Blocks.
std::expected<void, FileError> create_durable_file(const std::filesystem::path& path, ByteSpan bytes);

// replace_durable_file does so in the place of a file that may be there: whoever reads sees the old one or the new one,
// whole, a crash at any moment included. kIo: the old one is there, or, from the last fsync, the new one. Blocks.
std::expected<void, FileError> replace_durable_file(const std::filesystem::path& path, ByteSpan bytes);

// remove_unfinished_file removes what a crash in one of the two left beside `path`. While nobody else writes it.
void remove_unfinished_file(const std::filesystem::path& path);

}  // namespace signet
