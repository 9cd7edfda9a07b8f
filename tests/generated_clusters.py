# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters as they may be, made by chance: each seed is one, and several find room on one emulator beside each other.

python -m ansible_collections.dcos.security.tests.generated_clusters URL CA_PATH UID PASSWORD FIRST_SEED SEEDS
"""

from __future__ import annotations

import random
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from ansible_collections.dcos.security.plugins.plugin_utils import _presets
from ansible_collections.dcos.security.tests.faulty_cluster import CA, ENDPOINT, IAM, Call, Seed, caller, pem

KEYS = 24
DESCRIPTIONS = (
    "", "Kafka of the team", "  spaces around  ", "a: colon, # and 'quotes' \"of\" both kinds", "Zürich – Ωmega",
    "- item", "yes", "0123", "null", "two\nlines",
    "{% raw %}no{% endraw %}", "{{ lookup('pipe', 'id') }}", "!unsafe x", "[a, b]",
)  # fmt: skip
EXTRA = (
    "dcos:adminrouter:package", "dcos:adminrouter:service:marathon", "dcos:mesos:master:task:app_id:/x",
    "dcos:service:marathon:marathon:services:/x", "dcos:secrets:default:/x/*", "dcos:secrets:list:default:/x",
    "dcos:mesos:agent:task:user:root", "a-rid:of/years@ago", "dcos:superuser",
)  # fmt: skip
ENDPOINTS = (
    ENDPOINT,
    ENDPOINT,
    ENDPOINT,
    ENDPOINT.replace("https", "http"),
    "https://master.example.com:8443/acs/api/v1/auth/login",
)
SPEAKING = (("certificate", "private-key", "ca"), ("cert", "key", "chain"), ("crt", "privatekey", "ca-bundle"))


class Generated:
    """One cluster.

    Args:
        call: of faulty_cluster.caller().
        seed: of all chance.
        keys: RSA keys, some of which accounts share.
    """

    def __init__(self, call: Call, seed: int, keys: list[rsa.RSAPrivateKey]) -> None:
        self.call, self.name, self.keys = call, f"c{seed}", keys
        self.random = random.Random(seed)
        self.seed = Seed(call, keys=iter(()))
        self.groups = [f"{self.name}-g{number}" for number in range(self.random.randint(0, 3))]

    def run(self) -> None:
        """Make it."""
        pick = self.random.choice
        for gid in self.groups:
            self.call("PUT", f"{IAM}/groups/{gid}", {"description": pick(DESCRIPTIONS[:12])})
            for rid in self.random.sample(EXTRA[:7], self.random.randint(0, 2)):
                self.grant("groups", gid, rid, "read")
        for number in range(pick([1, 1, 1, 3])):
            self.service(number)
        if self.random.random() < 0.3:
            rid = f"dcos:secrets:default:/{self.name}/unused"
            self.acl(rid, pick(["", rid, "Nobody has it"]))

    def acl(self, rid: str, description: str) -> str:
        """Make an ACL unless it is there; return its path."""
        path = f"{IAM}/acls/{rid.replace('/', '%252F').replace(' ', '%20')}"
        self.call("PUT", path, {"description": description})
        return path

    def grant(self, kind: str, name: str, rid: str, action: str) -> None:
        """Grant a permission."""
        path = self.acl(rid, self.random.choice([rid, rid, f"What {rid} is for"]))
        self.call("PUT", f"{path}/{kind}/{name}/{action}", None)

    def service(self, number: int) -> None:
        """Make one service, with whatever it has."""
        chance, pick = self.random.random, self.random.choice
        service = pick([f"{self.name}-s{number}", f"{self.name}/s{number}", f"{self.name}/deep/s{number}"])
        uid = pick([service.replace("/", "__"), f"{self.name}-s{number}", f"s{number}.{self.name}@team"])
        path = pick([f"{service}/service-account"] * 3 + [f"{service}/sa", f"{self.name}-cred-{number}", f"{uid}/sa"])
        path = "".join(c if c.isalnum() or c in "/_-" else "-" for c in path)
        key = pick(self.keys)
        self.seed.account(uid, key, pick(DESCRIPTIONS))
        if chance() < 0.95:
            self.seed.credential(path, uid, key, login_endpoint=pick(ENDPOINTS))
        for gid in self.random.sample(self.groups, self.random.randint(0, len(self.groups))):
            self.call("PUT", f"{IAM}/groups/{gid}/users/{uid}", None)
        self.permissions(uid, service)
        folder = path.rpartition("/")[0]
        for each in range(pick([0, 0, 1, 2])):
            self.certificate(pick([folder, service, folder]), f"{pick(['tls', 'node', 'web-ui'])}{each}", uid)

    def permissions(self, uid: str, service: str) -> None:
        """Grant what a preset says, perhaps not all of it, and what nobody thought of."""
        chance, pick = self.random.random, self.random.choice
        rows: list[tuple[str, str]] = []
        for name in self.random.sample(_presets.names(), pick([0, 1, 1, 2])):
            roles, user = pick([[], [], [f"{self.name}-role"]]), pick(["", "", "alice"])
            named = pick([uid, service])
            folder = "".join(c if c.isalnum() or c in "/_-" else "-" for c in named)
            for row in _presets.render(_presets.load(name), uid, named, folder, roles, user, ["pool"]):
                rows += [(row["rid"], action) for action in row["actions"]]
        if rows and chance() < 0.2:
            rows.remove(pick(rows))
        for rid in self.random.sample(EXTRA, pick([0, 0, 1, 3])):
            rows += [
                (rid, action)
                for action in self.random.sample(["create", "read", "update", "delete", "full"], pick([1, 2]))
            ]
        for rid, action in dict.fromkeys(rows):
            self.grant("users", uid, rid, action)

    def certificate(self, folder: str, name: str, uid: str) -> None:
        """Have the CA issue a certificate, kept as this or another tool would."""
        chance, pick = self.random.random, self.random.choice
        key: Any = pick(self.keys) if chance() < 0.6 else ec.generate_private_key(pick([ec.SECP256R1, ec.SECP384R1])())
        host = f"{name}.{self.name}.example.com"
        hosts: list[x509.GeneralName] = [x509.DNSName(host)]
        hosts += pick([[], [x509.DNSName("other.example.com")], [x509.DNSName("*.example.com")]])
        names = [x509.NameAttribute(NameOID.COMMON_NAME, pick([host, host, uid]))]
        names += [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example, Inc.")] if chance() < 0.3 else []
        request = (
            x509.CertificateSigningRequestBuilder()
            .subject_name(x509.Name(names))
            .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
            .sign(key, hashes.SHA256())
        )
        text = request.public_bytes(serialization.Encoding.PEM).decode()
        issued = self.call("POST", f"{CA}/sign", {"certificate_request": text})["result"]["certificate"]
        chain = self.call("POST", f"{CA}/info", {})["result"]["certificate"]
        words = pick(SPEAKING)
        prefix = f"{folder}/{name}" if folder else name
        private = pem(key, old=isinstance(key, rsa.RSAPrivateKey) and chance() < 0.3)
        if chance() < 0.1:
            self.seed.secret(f"{prefix}-{words[0]}", private + issued)
            return
        self.seed.secret(f"{prefix}-{words[0]}", issued)
        self.seed.secret(f"{prefix}-{words[1]}", private)
        if chance() < 0.6:
            self.seed.secret(pick([f"{prefix}-{words[2]}"] * 4 + [f"{folder}/ca" if folder else "ca"]), chain)


def generate(call: Call, seeds: range) -> None:
    """Make a cluster for each seed, all of them on one."""
    with ThreadPoolExecutor(2) as threads:
        keys = list(
            threads.map(lambda number: rsa.generate_private_key(65537, 3072 if number == 0 else 2048), range(KEYS))
        )
    for seed in seeds:
        Generated(call, seed, keys).run()


if __name__ == "__main__":
    first, count = int(sys.argv[5]), int(sys.argv[6])
    generate(caller(*sys.argv[1:5]), range(first, first + count))
