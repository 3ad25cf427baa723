// PrivateDaemon: a signetd of the benchmark's own, on loopback, in a directory that goes with it.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "tools/ctl/admin_client.h"
#include "tools/ctl/bench/child.h"
#include "tools/ctl/failure.h"

namespace signet::ctl {

// Where the programs are: beside signetctl, as they are installed and built.
struct Programs {
  std::string signetd;
  std::string signet_load;
};
// find_programs looks in `bin_dir` when it is given, else beside this program (and where the build has signetd, and the
// sbin beside an installed bin). The failure names what is missing.
std::expected<Programs, Failure> find_programs(const std::optional<std::string>& bin_dir);

// A directory that is removed with everything in it.
class ScratchDirectory {
 public:
  // Made in `parent`, mode 0700. The failure says why not.
  static std::expected<std::unique_ptr<ScratchDirectory>, Failure> make(const std::string& parent);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  explicit ScratchDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Not thread-safe.
class PrivateDaemon {
 public:
  // start runs `signetd --dev` with one worker on free ports, its data in `directory`, on `cpu` alone when it is given,
  // and waits until it is ready. The failure holds the end of its log.
  static std::expected<std::unique_ptr<PrivateDaemon>, Failure> start(const std::string& signetd,
                                                                      const std::string& directory,
                                                                      std::optional<int> cpu);
  ~PrivateDaemon() { child_.stop(); }
  PrivateDaemon(const PrivateDaemon&) = delete;
  PrivateDaemon& operator=(const PrivateDaemon&) = delete;

  // add_client registers a client of one algorithm, with a key when the algorithm needs one of its own, and writes its
  // secret to a file, whose path it gives.
  std::expected<std::string, Failure> add_client(const std::string& client_id, const std::string& algorithm);

  std::string url() const;
  const std::string& data_dir() const { return data_dir_; }

 private:
  PrivateDaemon(Child child, std::string data_dir, int port);
  Child child_;
  std::string data_dir_;
  int port_;
  AdminClient admin_;
};

}  // namespace signet::ctl
