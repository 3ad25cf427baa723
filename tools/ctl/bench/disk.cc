#include "tools/ctl/bench/disk.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>
#include <vector>

#include "protocol/base/errno_text.h"

namespace signet::ctl {
namespace {

constexpr size_t kSyncs = 200;
constexpr size_t kPageSize = 4096;
constexpr uint32_t kTmpfs = 0x01021994, kRamfs = 0x858458F6;

// Magic numbers of statfs(2).
std::string file_system_name(uint32_t magic) {
  constexpr std::array kNames{
      std::pair{0xEF53U, "ext4"},         std::pair{0x58465342U, "xfs"},  std::pair{0x9123683EU, "btrfs"},
      std::pair{0x2FC12FC1U, "zfs"},      std::pair{0xF2F52010U, "f2fs"}, std::pair{kTmpfs, "tmpfs"},
      std::pair{kRamfs, "ramfs"},         std::pair{0x6969U, "nfs"},      std::pair{0x794C7630U, "overlayfs"},
      std::pair{0xCA451A4EU, "bcachefs"}, std::pair{0x01021997U, "9p"},   std::pair{0x65735546U, "fuse"}};
  for (const auto& [known, name] : kNames) {
    if (known == magic) return name;
  }
  return fmt::format("{:#x}", magic);
}

std::expected<std::vector<double>, int> sync_times_ms(int file) {
  const std::string page(kPageSize, 'x');
  std::vector<double> times;
  for (size_t i = 0; i < kSyncs; ++i) {
    if (write(file, page.data(), page.size()) != static_cast<ssize_t>(page.size())) return std::unexpected(errno);
    const auto start = std::chrono::steady_clock::now();
    if (fdatasync(file) != 0) return std::unexpected(errno);
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::ranges::sort(times);
  return times;
}

}  // namespace

std::expected<Disk, std::string> measure_disk(const std::string& directory) {
  const auto failed = [&](int error) { return std::unexpected(fmt::format("{}: {}", directory, errno_text(error))); };
  struct statfs info{};
  if (statfs(directory.c_str(), &info) != 0) return failed(errno);
  const auto magic = static_cast<uint32_t>(info.f_type);
  Disk disk{.file_system = file_system_name(magic), .in_memory = magic == kTmpfs || magic == kRamfs};
  if (disk.in_memory) return disk;
  const std::string path = directory + "/fdatasync";
  const int file = open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return failed(errno);
  const auto times = sync_times_ms(file);
  close(file);
  unlink(path.c_str());
  if (!times) return failed(times.error());
  disk.fdatasync_ms_median = (*times)[kSyncs / 2];
  disk.fdatasync_ms_p99 = (*times)[kSyncs * 99 / 100];
  return disk;
}

}  // namespace signet::ctl
