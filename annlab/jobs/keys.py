"""TLS key and certificate for the connection between a server and its local workers.

The module also runs as a program, because `cryptography` would cost the web process 14 MB.
"""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

# Days of validity, longer than any server runs. The key is useless without the server.
_DAYS = 36_500


def write_key(path: str) -> None:
    """Write a new key and certificate in a subprocess (0.1 s).

    Parameters
    ----------
    path : str
        Path of the PEM file, readable only by this user.

    Raises
    ------
    RuntimeError
        If the key cannot be created; the message says why.
    """
    # -P keeps this folder off sys.path, where queue.py would hide the standard module.
    command = [sys.executable, "-P", __file__, path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise RuntimeError(f"no key for the connection with the workers ({reason})")


def _key_and_certificate() -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "annlab")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(pem)


if __name__ == "__main__":
    file = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(file, "wb") as opened:
        opened.write(_key_and_certificate())
