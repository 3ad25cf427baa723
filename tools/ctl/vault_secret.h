// What opens a slot of the vault, as a command line says it. Secrets come from stdin, never from arguments.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/ctl/command.h"
#include "tools/ctl/secret_file.h"

namespace signet::ctl {

// What stdin may hold of shares, and the shares in it, one on a line; views of `text`.
inline constexpr size_t kSharesTextMax = 64 * 1024;
std::vector<std::string_view> share_lines(std::string_view text);

// Options of what is there already: unseal and check.
struct GivenSecret {
  std::optional<std::string> key_file, credential;
  bool passphrase = false, share = false;

  void bind(Arguments& arguments);
  // The request's body; reads stdin, or asks. With --share: shares, one on a line. The text is the caller's to wipe.
  std::expected<std::string, Failure> body(Call& call) const;
};

// Options of a new slot: slot-add and init.
struct NewSecret {
  std::optional<std::string> key_file, credential, shares, shares_out;
  bool passphrase = false;

  void bind(Arguments& arguments);
  std::expected<std::string, Failure> body(Call& call) const;
};

// make_share_files makes FILE.1, FILE.2... of --shares-out, empty, before anything is asked for: a slot must not be
// there and its shares nowhere. Files that are not written go again.
std::expected<std::vector<SecretFile>, Failure> make_share_files(const NewSecret& secret);
// show_new_slot prints what a new slot is, and its shares, or writes them to the files. A share that cannot be written
// is printed after all.
Outcome show_new_slot(Call& call, const std::string& answer, std::vector<SecretFile> files);

}  // namespace signet::ctl
