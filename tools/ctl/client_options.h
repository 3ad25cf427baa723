// The options that `client add` and `client update` share, and how they travel to the daemon.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/json/writer.h"
#include "tools/ctl/arguments.h"

namespace signet::ctl {

struct ClientOptions {
  std::optional<std::vector<std::string>> grants;
  std::optional<std::vector<std::string>> scopes;
  std::optional<std::vector<std::string>> audiences;
  std::optional<std::vector<std::string>> introspect;
  std::optional<std::string> algorithm;
  std::optional<uint64_t> ttl_s;
  std::optional<bool> feed;
  std::optional<bool> refresh_with_credentials;

  // Binds the options to this object, which must outlive the parsing.
  void bind(Arguments& arguments);
  // Whether none was given.
  bool empty() const;
  // What is wrong with the values, or "" when nothing is.
  std::string fault() const;
  // Writes a member for each option that was given.
  void write_members(JsonWriter& to) const;
};

// joined_scopes: the scopes of all options with one space between, however they were spaced.
std::string joined_scopes(const std::vector<std::string>& options);

// alg_fault: "" for the name of an algorithm that Signet signs with, else a text naming the nearest and all of them.
std::string alg_fault(const std::string& name);

// target_of_client: "/v1/clients/ID[/ACTION][?tenant=T]".
std::string target_of_client(const std::string& id, const std::optional<std::string>& tenant,
                             const std::string& action = "");

// with_tenant appends "?tenant=T" when one was given.
std::string with_tenant(std::string target, const std::optional<std::string>& tenant);

}  // namespace signet::ctl
