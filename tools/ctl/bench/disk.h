// The disk that durable figures were taken on: they are worth nothing without it.
#pragma once

#include <expected>
#include <string>

namespace signet::ctl {

struct Disk {
  std::string file_system;  // "ext4", or its number in hexadecimal when it has no name here
  bool in_memory = false;   // tmpfs or ramfs: nothing on it is durable
  double fdatasync_ms_median = 0;
  double fdatasync_ms_p99 = 0;
};

// measure_disk writes and syncs 200 pages of 4 KiB in a file of its own in `directory`, which it removes. Nothing is
// written when the file system is in memory. Blocks for about a second on a slow disk. The error is a sentence.
std::expected<Disk, std::string> measure_disk(const std::string& directory);

}  // namespace signet::ctl
