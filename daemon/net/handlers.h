/* The handlers that rows of the route table name; one file a noun. Each answers its call once. */
#ifndef NET_HANDLERS_H
#define NET_HANDLERS_H

struct call;

/* api_hall.c */
void api_hall(struct call *c);
void api_catalogue(struct call *c);
void api_board(struct call *c);
/* api_tickets.c */
void api_tickets(struct call *c);
void api_ticket(struct call *c);
void api_ticket_why(struct call *c);
void api_ticket_slip(struct call *c);
void api_ticket_by_token(struct call *c);
void api_ticket_qr(struct call *c);
void api_ticket_return(struct call *c);
/* api_appointments.c */
void api_slots(struct call *c);
void api_appointments(struct call *c);
void api_appointment_hold(struct call *c);
void api_appointment_book(struct call *c);
void api_appointment_move(struct call *c);
void api_appointment_by_token(struct call *c);
void api_appointment_qr(struct call *c);
/* api_windows.c */
void api_windows(struct call *c);
void api_window(struct call *c);
/* api_session.c */
void api_log_in(struct call *c);
void api_log_out(struct call *c);
void api_me(struct call *c);
void api_pair(struct call *c);
/* api_admin.c */
void api_settings(struct call *c);
void api_put_settings(struct call *c);
void api_table(struct call *c);
void api_table_put(struct call *c);
void api_table_patch(struct call *c);
void api_table_remove(struct call *c);
/* api_duty.c */
void api_duty(struct call *c);
void api_duty_hand_over(struct call *c);
/* api_people.c */
void api_users(struct call *c);
void api_user_put(struct call *c);
void api_user_patch(struct call *c);
void api_user_remove(struct call *c);
void api_devices(struct call *c);
void api_device_put(struct call *c);
void api_device_patch(struct call *c);
void api_device_token(struct call *c);
void api_device_remove(struct call *c);
/* api_flows.c */
void api_flows(struct call *c);
void api_matters(struct call *c);
void api_flow_matters(struct call *c);
void api_matter_open(struct call *c);
void api_matter_open_by_ticket(struct call *c);
void api_flows_by_ticket(struct call *c);
/* api_matters.c */
void api_matter(struct call *c);
void api_matter_slip(struct call *c);
void api_matter_take(struct call *c);
void api_matter_unmask(struct call *c);
void api_matter_by_token(struct call *c);
void api_matter_qr(struct call *c);
void api_matter_take_by_token(struct call *c);
/* api_devices.c */
void api_device_status(struct call *c);
void api_device_help(struct call *c);
/* api_machine.c */
void api_accept_clock(struct call *c);
void api_backup(struct call *c);
void api_flows_reload(struct call *c);
/* api_migration.c */
void api_migration(struct call *c);
void api_migrate(struct call *c);
void api_status(struct call *c);
void api_healthz(struct call *c);
void api_readyz(struct call *c);
void api_alarms(struct call *c);
void api_acknowledge(struct call *c);
/* api_files.c */
void api_file_take(struct call *c);
void api_file_take_by_link(struct call *c);
void api_matter_file(struct call *c);
/* api_audit.c */
void api_audit(struct call *c);
void api_trace(struct call *c);
/* api_reports.c */
void api_report_fairness(struct call *c);
void api_report_forecast(struct call *c);
/* api_flow_reports.c */
void api_report_flows(struct call *c);
void api_report_flow(struct call *c);
void api_report_flow_matters(struct call *c);
void api_report_pressure(struct call *c);
/* api_series.c */
void api_series_list(struct call *c);
void api_series(struct call *c);
void api_graph(struct call *c);
void api_metrics(struct call *c);
void api_rebuild_rrd(struct call *c);
/* sse.c, openapi.c */
void api_stream(struct call *c);
void api_openapi(struct call *c);

#endif
