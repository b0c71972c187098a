\set n :n + 1
\set number :start + :n * :clients + :client_id
\set screening :first + :number % :screenings
\set seat (:screening - 1) % 20 * 300 + :number / :screenings * 2 + 1
BEGIN;
SELECT screening.id, screening.starts_at, screening.sales_end_at FROM screening JOIN film ON film.id = screening.film_id WHERE screening.id = :screening;
INSERT INTO sale_order (code, screening_id, state, channel, seats_asked, seats_claimed, total_amount, paid_amount, currency, created_at, hold_expires_at, secret_hash, language) VALUES (substr(encode(sha256(('h' || :number::text)::bytea), 'base64'), 1, 10), :screening, 'held', 'v1', 2, 2, 1800, 0, 'EUR', now(), now() + interval '10 minutes', encode(sha256(('s' || :number::text)::bytea), 'hex'), 'en') RETURNING id AS order_id \gset
INSERT INTO seat_claim AS claim (screening_id, seat_id, order_id, expires_at) SELECT :screening, chosen, :order_id, now() + interval '10 minutes' FROM generate_series(:seat, :seat + 1) chosen ON CONFLICT (screening_id, seat_id) DO UPDATE SET order_id = excluded.order_id, expires_at = excluded.expires_at WHERE claim.expires_at <= now() RETURNING seat_id;
INSERT INTO order_line (order_id, seat_id, ticket_type_id, amount) SELECT :order_id, chosen, 1, 900 FROM generate_series(:seat, :seat + 1) chosen;
INSERT INTO order_event (order_id, at, actor, from_state, to_state, note) VALUES (:order_id, now(), 'buyer', NULL, 'held', '');
COMMIT;
